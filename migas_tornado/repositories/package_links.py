"""The links by which a repository offers its packages, shared by all of its generations.

They lie in a directory beside the generations, into which each generation leads: a link is there
before the index that names it is served, and goes some minutes after the index forgot it. A link
is a further name of a content in the store, so that it stands for the same bytes for as long as it
is there, whatever is uploaded under the name of the package meanwhile.
Contract: repositories 1, 7.
"""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from migas_tornado.pms.system import PACKAGES
from migas_tornado.repositories.durability import sync_directory
from migas_tornado.repositories.generations import make_directory
from migas_tornado.repositories.store import content_path

_UNFINISHED = ".unfinished"
_REPLACED = ".replaced"
"""Directory of a generation that has its own content for names whose content changes."""


class PackageLinks:
    """The links of one repository.

    Args:
        served: path under which the repository is served.
        store_dir: where contents are kept.
    """

    def __init__(self, served: Path, store_dir: Path) -> None:
        self._root = links_root(served)
        self._directory = self._root / PACKAGES
        self._served = served
        self._store_dir = store_dir
        self._replacements: dict[str, Path] = {}
        self._touched = {self._directory}

    def begin(self, below: Path) -> bool:
        """Get ready for changes.

        Args:
            below: a directory above that exists.

        Returns:
            Whether nobody knows which links there are, because a build was interrupted.
        """
        make_directory(self._directory, below)
        is_unsure = (self._root / _UNFINISHED).exists()
        (self._root / _UNFINISHED).touch()
        if is_unsure:
            self._settle_all()
        return is_unsure

    def end(self) -> None:
        """Note that all links are known."""
        (self._root / _UNFINISHED).unlink(missing_ok=True)

    def lead_in(self, generation: Path) -> None:
        """Let a generation lead to the links."""
        (generation / PACKAGES).symlink_to(Path("..", self._root.name, PACKAGES))

    def is_free(self, name: str, sha256: str) -> bool:
        """Tell whether a name can be given to a content at once: nothing else has it."""
        try:
            return (self._directory / name).samefile(content_path(self._store_dir, sha256))
        except FileNotFoundError:
            return True

    def add(self, name: str, sha256: str) -> None:
        """Offer a content under a name; where the served index has another for it, not yet.

        Raises:
            FileNotFoundError: the store does not have the content.
        """
        link, content = self._directory / name, content_path(self._store_dir, sha256)
        self._touched.add(link.parent)
        try:
            link.hardlink_to(content)
        except FileExistsError:
            if not self.is_free(name, sha256) and self._is_served():
                self._replacements[name] = content
            elif link.is_symlink() or not link.samefile(content):
                _replace(link, content)
        except FileNotFoundError:
            make_directory(link.parent, self._directory)
            link.hardlink_to(content)

    def expose(self, name: str, path: str) -> None:
        """Let a name lead into whatever generation is served."""
        self._lead(name, path)

    def prepare_switch(self, generation: Path) -> None:
        """Let names whose content changes lead into the served generation, with what they have.

        The switch to the next generation, which has the new content, then changes them all.
        """
        current = (
            self._served.with_name(str(self._served.readlink())) if self._replacements else None
        )
        for name, content in self._replacements.items():
            for directory, source in (
                (current, Path(os.path.realpath(self._directory / name))),
                (generation, content),
            ):
                place = directory / _REPLACED / name
                make_directory(place.parent, directory)
                place.unlink(missing_ok=True)
                place.hardlink_to(source)
            self._lead(name, f"{_REPLACED}/{name}")

    def settle(self) -> None:
        """Let names whose content was switched stand for it by themselves."""
        for name, content in self._replacements.items():
            _replace(self._directory / name, content)
        self._replacements.clear()

    def sync(self) -> None:
        """Have the changes outlast a loss of power."""
        for directory in (*self._touched, self._root):
            if directory.is_dir():
                sync_directory(directory)

    def take_over(self, served: Path, stores: Path) -> list[str]:
        """Offer what another server offered, or an unknown build of this one; return the names.

        Args:
            served: directory that is served.
            stores: directory of the project's stores, beyond which no link is followed.
        """
        if self._is_served():
            return list(self.names())
        taken = []
        for path in (served / PACKAGES).glob("*"):
            real = Path(os.path.realpath(path))
            if path.is_symlink() and real.is_file() and real.is_relative_to(stores.resolve()):
                _replace(self._directory / path.name, real)
                taken.append(path.name)
        return taken

    def names(self) -> Iterator[str]:
        """Yield the names of all links that are there."""
        for directory, directories, files in os.walk(self._directory):
            for name in (*directories, *files):
                path = Path(directory, name)
                if path.is_symlink() or not path.is_dir():
                    yield str(path.relative_to(self._directory))

    def leads_to_file(self, name: str) -> bool:
        """Tell whether what is offered under a name is there."""
        return (self._directory / name).is_file()

    def _is_served(self) -> bool:
        """Tell whether clients see the links, by way of the served generation."""
        try:
            return (self._served / PACKAGES).samefile(self._directory)
        except FileNotFoundError:
            return False

    def _lead(self, name: str, path: str) -> None:
        """Let a name lead to a path of whatever generation is served."""
        link = self._directory / name
        self._touched.add(link.parent)
        target = f"{'../' * (name.count('/') + 2)}{self._served.name}/{path}"
        try:
            link.symlink_to(target)
        except FileExistsError:
            if not link.is_symlink() or str(link.readlink()) != target:
                draft = link.with_name(f".{secrets.token_hex(8)}")
                draft.symlink_to(target)
                draft.replace(link)
        except FileNotFoundError:
            make_directory(link.parent, self._directory)
            link.symlink_to(target)

    def _settle_all(self) -> None:
        """Settle what an interrupted build left between two generations."""
        for name in list(self.names()):
            link = self._directory / name
            if link.is_symlink() and f"/{_REPLACED}/" in str(link.readlink()):
                if link.is_file():
                    _replace(link, Path(os.path.realpath(link)))
                else:
                    link.unlink()


def remove_links(served: Path, names: Iterable[str]) -> None:
    """Let a repository offer some names no more."""
    directory = links_root(served) / PACKAGES
    for name in names:
        link = directory / name
        link.unlink(missing_ok=True)
        if link.parent != directory:
            with suppress(OSError):  # it has others
                link.parent.rmdir()


def links_root(served: Path) -> Path:
    """Return the directory of all that belongs to the links of a repository."""
    # A slug has no dot: no other deployment's directories are named like this.
    return served.with_name(f".{served.name}.packages")


def _replace(link: Path, content: Path) -> None:
    """Let a link stand for a file, whatever it stood for before."""
    draft = link.with_name(f".{secrets.token_hex(8)}")
    draft.hardlink_to(content)
    draft.replace(link)
    draft.unlink(missing_ok=True)  # to rename one name of a file to another does nothing
