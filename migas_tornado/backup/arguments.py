"""The commands `migas-tornado backup` and `migas-tornado restore`."""

import argparse
import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any


def add_backup_commands(commands: Any) -> None:
    """Add both commands to the command line."""
    backup = commands.add_parser("backup", help="write the whole site into a file, while it runs")
    backup.add_argument("file")
    backup.add_argument(
        "--without-packages",
        action="store_true",
        help="name the files of packages, but leave them out: the store is kept in another way",
    )
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="fill an empty instance from such a file")
    restore.add_argument("file")
    restore.add_argument(
        "--packages", metavar="DIRECTORY", help="the old site's store, for a backup without it"
    )
    restore.set_defaults(run=_restore)


def _backup(arguments: argparse.Namespace) -> None:
    # Imports stand inside: worker processes import the command line too, and stay small.
    from migas_tornado.backup.writing import write_backup
    from migas_tornado.server import open_storage
    from migas_tornado.settings import load_settings

    settings, path = load_settings(), Path(arguments.file).absolute()

    async def run() -> None:
        async with AsyncExitStack() as stack:
            credentials = await open_storage(settings, stack, is_guest=True)
            with_packages = not arguments.without_packages
            await write_backup(settings, credentials, path, with_packages=with_packages)

    asyncio.run(run())
    print(f"{path} holds the site: {path.stat().st_size / 2**20:.1f} MiB. Keep it secret.")


def _restore(arguments: argparse.Namespace) -> None:
    from migas_tornado.backup.restoring import restore_backup
    from migas_tornado.backup.writing import CONFIGURATION
    from migas_tornado.settings import load_settings

    settings, path = load_settings(), Path(arguments.file).absolute()
    packages = Path(arguments.packages).absolute() if arguments.packages else None
    missing = asyncio.run(restore_backup(settings, path, packages))
    print(f"Restored into {settings.data_dir}; its old settings are in {CONFIGURATION}.")
    if missing:
        print(f"{missing} files of packages are missing: the backup only names them.")
