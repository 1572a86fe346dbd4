"""The links by which a repository offers its packages, shared by all of its generations.

They lie in a directory beside the generations, into which each generation leads: a link is there
before the index that names it is served, and goes some minutes after the index forgot it.
Contract: repositories 1.
"""

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from migas_tornado.pms.system import PACKAGES
from migas_tornado.repositories.generations import make_directory

_UNFINISHED = ".unfinished"


class PackageLinks:
    """The links of one repository.

    Args:
        served: path under which the repository is served.
        stores: directory of the project's stores.
    """

    def __init__(self, served: Path, stores: Path) -> None:
        # A slug has no dot: no other deployment's directories are named like this.
        self._root = served.with_name(f".{served.name}.packages")
        # As deep as in the repository itself, so that links hold in both.
        self._directory = self._root / PACKAGES
        self._served = served
        self._stores = os.path.relpath(stores, self._directory)

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
        return is_unsure

    def end(self) -> None:
        """Note that all links are known."""
        (self._root / _UNFINISHED).unlink(missing_ok=True)

    def lead_in(self, generation: Path) -> None:
        """Let a generation lead to the links."""
        (generation / PACKAGES).symlink_to(Path("..", self._root.name, PACKAGES))

    def add(self, name: str, store: str, filename: str) -> None:
        """Offer a file of a store under a name."""
        self._link(name, f"{'../' * name.count('/')}{self._stores}/{store}/{filename}")

    def expose(self, name: str, path: str) -> None:
        """Let a name lead into whatever generation is served."""
        up = "../" * (name.count("/") + 2)
        self._link(name, f"{up}{self._served.name}/{path}")

    def take_over(self, served: Path) -> list[str]:
        """Offer what the directory of another server offered, and return the names."""
        taken = []
        for path in (served / PACKAGES).glob("*"):
            if path.is_symlink() and path.is_file():
                self._link(path.name, str(path.readlink()))
                taken.append(path.name)
        return taken

    def names(self) -> Iterator[str]:
        """Yield the names of all links that are there."""
        for directory, directories, files in os.walk(self._directory):
            for name in (*directories, *files):
                path = Path(directory, name)
                if path.is_symlink():
                    yield str(path.relative_to(self._directory))

    def remove(self, names: Iterable[str]) -> None:
        """Offer some names no more."""
        for name in names:
            (self._directory / name).unlink(missing_ok=True)

    def leads_to_file(self, name: str) -> bool:
        """Tell whether what is offered under a name is there."""
        return (self._directory / name).is_file()

    def remove_all(self) -> None:
        """Remove all links and their directory; it need not exist."""
        shutil.rmtree(self._root, ignore_errors=True)

    def _link(self, name: str, target: str) -> None:
        link = self._directory / name
        try:
            link.symlink_to(target)
        except FileExistsError:
            if str(link.readlink()) != target:
                draft = link.with_name(f".{secrets.token_hex(8)}")
                draft.symlink_to(target)
                draft.replace(link)
        except FileNotFoundError:
            make_directory(link.parent, self._directory)
            link.symlink_to(target)
