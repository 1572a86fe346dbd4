"""Other programs that make repositories, each driven as its manual says, without signing."""

import os
import shutil
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

MEBIBYTE = 1024


class Peer(ABC):
    """A program that publishes the packages of a directory.

    Args:
        home: directory of its own.
        pool: directory with the packages.
    """

    name: ClassVar[str]
    program: ClassVar[str]

    def __init__(self, home: Path, pool: Path) -> None:
        self.home, self.pool = home, pool
        self.peak_memory = 0.0
        home.mkdir()

    @classmethod
    def is_installed(cls) -> bool:
        return shutil.which(cls.program) is not None

    @abstractmethod
    def publish(self) -> None:
        """Publish all packages for the first time."""

    @abstractmethod
    def add(self, path: Path) -> None:
        """Publish one more, which lies in the pool by now."""

    def run(self, *command: object, output: Path | None = None) -> None:
        with (output or Path(os.devnull)).open("wb") as target:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdout=target,
                stderr=subprocess.DEVNULL,
                cwd=self.home,
                env={**os.environ, "HOME": str(self.home)},
            )
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{command} ended with {process.returncode}")
        self.peak_memory = max(self.peak_memory, usage.ru_maxrss / MEBIBYTE)


class AptFtparchive(Peer):
    """apt-ftparchive with its cache, and the compression that clients need."""

    name = "apt-ftparchive --db, gzip"
    program = "apt-ftparchive"

    def publish(self) -> None:
        index = self.home / "Packages"
        self.run("apt-ftparchive", "--db", "cache.db", "packages", self.pool, output=index)
        self.run("gzip", "-6kf", index)
        self.run("apt-ftparchive", "release", self.home, output=self.home / "Release")

    def add(self, path: Path) -> None:
        self.publish()


class Aptly(Peer):
    """aptly with a local repository."""

    name = "aptly"
    program = "aptly"

    def publish(self) -> None:
        (self.home / ".aptly.conf").write_text(f'{{"rootDir": "{self.home}/aptly"}}')
        self.run("aptly", "repo", "create", "bench")
        self.run("aptly", "repo", "add", "bench", self.pool)
        self.run(
            *("aptly", "publish", "repo", "-skip-signing", "-distribution=bench"),
            *("-architectures=amd64", "bench"),
        )

    def add(self, path: Path) -> None:
        self.run("aptly", "repo", "add", "bench", path)
        self.run("aptly", "publish", "update", "-skip-signing", "bench")


class Reprepro(Peer):
    """reprepro with its database."""

    name = "reprepro"
    program = "reprepro"

    def publish(self) -> None:
        (self.home / "conf").mkdir()
        (self.home / "conf/distributions").write_text(
            "Codename: bench\nArchitectures: amd64\nComponents: main\n"
        )
        paths = sorted(self.pool.glob("*.deb"))
        for start in range(0, len(paths), 1000):
            self.run("reprepro", "includedeb", "bench", *paths[start : start + 1000])

    def add(self, path: Path) -> None:
        self.run("reprepro", "includedeb", "bench", path)


class CreaterepoC(Peer):
    """createrepo_c, which keeps what it has with --update."""

    name = "createrepo_c --update"
    program = "createrepo_c"

    def publish(self) -> None:
        self._run()

    def add(self, path: Path) -> None:
        self._run()

    def _run(self) -> None:
        self.run("createrepo_c", "--update", "--no-database", "-o", self.home, self.pool)


PEERS: dict[str, tuple[type[Peer], ...]] = {
    "apt": (AptFtparchive, Aptly, Reprepro),
    "dnf": (CreaterepoC,),
}
