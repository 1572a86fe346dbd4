"""The image, as far as it can be tried without a container engine: steps, user and command.

The steps of the Dockerfile run in an empty directory, with its absolute paths below that directory.
"""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from agent import Agent

ROOT = Path(__file__).parents[1]
BUILD_SECONDS = 300
START_SECONDS = 60
PLACES = ("/opt/migas", "/data", "/source")


@dataclass
class Dockerfile:
    """The instructions of each stage, in order."""

    stages: list[list[tuple[str, str]]] = field(default_factory=list)

    @classmethod
    def read(cls) -> "Dockerfile":
        text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text())
        found = cls()
        for line in text.splitlines():
            if line and not line.startswith("#"):
                word, _, rest = line.partition(" ")
                if word == "FROM":
                    found.stages.append([])
                found.stages[-1].append((word, rest.strip()))
        return found

    def all_of(self, word: str, stage: int = -1) -> list[str]:
        return [rest for found, rest in self.stages[stage] if found == word]


DOCKERFILE = Dockerfile.read()


def readable_python() -> str:
    """Return an interpreter that the container's user can start too."""
    for path in (sys.executable, "/usr/bin/python3"):
        real = Path(path).resolve()
        if os.getuid() != 0 or all(one.stat().st_mode & 0o005 == 0o005 for one in real.parents):
            return str(real)
    pytest.skip("no interpreter here can be started by another user")


@dataclass
class Container:
    """What the image would have: its files below a directory, and its environment."""

    place: Path
    environment: dict[str, str]
    user: int

    def real(self, text: str) -> str:
        """Return a text with the image's paths where they are here."""
        for path in PLACES:
            text = re.sub(rf"(?<![\w/]){path}(?![\w-])", f"{self.place}{path}", text)
        return text

    def run_as_user(self, command: list[str]) -> subprocess.Popen[str]:
        program = shutil.which(command[0], path=self.environment["PATH"])
        return subprocess.Popen(
            [program, *command[1:]],
            env=self.environment,
            cwd=self.place / "data",
            user=self.user,
            group=self.user,
            extra_groups=[],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture(scope="module")
def container() -> Iterator[Container]:
    # Not below pytest's own directory, which other users may not enter.
    with tempfile.TemporaryDirectory(prefix="migas-image-") as directory:
        place = Path(directory)
        place.chmod(0o755)
        user = 1000 if os.getuid() == 0 else os.getuid()
        made = Container(place, {}, user)
        build(made)
        settings = " ".join(DOCKERFILE.all_of("ENV"))
        for name, value in (one.split("=", 1) for one in shlex.split(settings)):
            made.environment[name] = made.real(value).replace("$PATH", "/usr/bin:/bin")
        with socket.create_server(("127.0.0.1", 0)) as free:
            made.environment["MIGAS_PORT"] = str(free.getsockname()[1])
        data = place / "data"
        data.mkdir(mode=0o755)
        if os.getuid() == 0:
            os.chown(data, user, user)
        yield made


def build(container: Container) -> None:
    """Do what the first stage says, with an interpreter of this machine."""
    source, python = container.place / "source", container.place / "bin"
    source.mkdir()
    python.mkdir()
    (python / "python").symlink_to(readable_python())
    for names in DOCKERFILE.all_of("COPY", 0):
        *sources, target = names.split()
        for name in sources:
            if (ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, source / target, ignore=ignored)
            else:
                shutil.copy(ROOT / name, source / target)
    environment = {"PATH": f"{python}:/usr/bin:/bin", "HOME": os.environ.get("HOME", "/root")}
    environment |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    for step in DOCKERFILE.all_of("RUN", 0):
        command = container.real(step).replace("--no-cache-dir ", "--quiet ")
        done = subprocess.run(
            ["sh", "-ec", command],
            cwd=source,
            env=environment,
            capture_output=True,
            text=True,
            timeout=BUILD_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def running(container: Container) -> Iterator[subprocess.Popen[str]]:
    process = container.run_as_user(json.loads(DOCKERFILE.all_of("CMD")[0]))
    lines = []
    end = time.monotonic() + START_SECONDS
    for line in process.stdout:
        lines.append(line)
        if "ready on" in line or time.monotonic() > end:
            break
    else:
        raise AssertionError("".join(lines))
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()


def test_the_build_needs_nothing_that_the_context_leaves_out():
    kept = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    for names in DOCKERFILE.all_of("COPY", 0):
        for name in names.split()[:-1]:
            assert name in kept
            assert (ROOT / name).exists()


def test_the_image_holds_one_program_without_a_compiler_or_root():
    text = (ROOT / "Dockerfile").read_text()
    assert "apt" not in text
    user = DOCKERFILE.all_of("USER")
    assert user == ["migas"]
    assert any("useradd --system --uid 1000" in step for step in DOCKERFILE.all_of("RUN"))
    assert DOCKERFILE.all_of("VOLUME") == ["/data"]
    last = [word for word, _ in DOCKERFILE.stages[-1]]
    assert last.index("USER") < last.index("CMD")


def test_the_same_command_serves_as_another_user(container, running):
    url = f"http://127.0.0.1:{container.environment['MIGAS_PORT']}"
    Agent(url).enrol().sync()
    owners = {path.stat().st_uid for path in (container.place / "data").iterdir()}
    assert owners == {container.user}


def test_the_health_check_says_yes(container, running):
    check = re.search(r"CMD (\[.*\])", DOCKERFILE.all_of("HEALTHCHECK")[0])[1]
    process = container.run_as_user(json.loads(check))
    assert process.wait(20) == 0, process.stdout.read()


def test_the_stop_signal_ends_it_in_good_order(running):
    assert DOCKERFILE.all_of("STOPSIGNAL") == ["SIGTERM"]
    running.send_signal(signal.SIGTERM)
    assert running.wait(40) == 0


@pytest.mark.parametrize("size", ["small", "large"])
def test_compose_files_name_what_there_is(size):
    place = ROOT / "deploy" / "compose"
    document = yaml.safe_load((place / f"{size}.yml").read_text())
    known = set(re.findall(r"`(MIGAS_[A-Z_]+)`", (ROOT / "README.md").read_text()))
    server = document["services"]["migas"]
    assert set(server["environment"]) <= known
    for service in document["services"].values():
        assert set(service.get("networks", [])) <= set(document["networks"])
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (place / source).exists() or source == "./proxy"
            else:
                assert source in document["volumes"]
    subnet = document["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert server["environment"]["MIGAS_TRUSTED_PROXIES"] == subnet


def test_the_script_of_the_proxys_container_is_a_shell_script():
    script = ROOT / "deploy" / "compose" / "nginx.sh"
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0
    for changed in ("server_name migas.example.org;", "server 127.0.0.1:2345;"):
        assert changed in script.read_text()
        assert changed in (ROOT / "deploy" / "nginx" / "migas.conf").read_text()


def test_the_unit_is_one_that_systemd_takes():
    if shutil.which("systemd-analyze") is None:
        if os.environ.get("CI"):
            pytest.fail("systemd-analyze is not there")
        pytest.skip("systemd-analyze is not there")
    units = ROOT / "deploy" / "systemd"
    text = (units / "migas-tornado.service").read_text()
    assert "NoNewPrivileges=yes" in text
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(units / "migas-tornado.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if "Unknown" in line]
    assert complaints == []
