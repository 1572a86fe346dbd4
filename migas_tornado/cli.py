"""The command line: `migas-tornado serve | migrate | deploy | demo ...`, one function for each.

Imports stand inside the commands: worker processes import this module too, and stay small.
"""

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from migas_tornado import __version__
from migas_tornado.backup.arguments import add_backup_commands
from migas_tornado.certificates.arguments import add_certificate_commands
from migas_tornado.errors import MigasError


def main() -> None:
    """Run the command that the arguments name; exit 1 with a message when it cannot be done."""
    arguments = _parser().parse_args()
    try:
        arguments.run(arguments)
    except MigasError as error:
        sys.exit(f"migas-tornado: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="migas-tornado", description="Fleet management server. Settings: MIGAS_* variables."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("serve", help="start the server").set_defaults(run=_serve)
    commands.add_parser("migrate", help="bring the database up to date, and end").set_defaults(
        run=_migrate
    )
    superuser = commands.add_parser(
        "create-superuser", help="add an administrator, or give one a new password"
    )
    superuser.add_argument("username")
    superuser.set_defaults(run=_create_superuser)
    _add_deploy(commands)
    _add_project_key(commands)
    _add_jobs(commands)
    _add_demo(commands)
    add_certificate_commands(commands)
    add_backup_commands(commands)
    _add_repository_key(commands)
    commands.add_parser("version", help="print the version").set_defaults(run=_version)
    return parser


def _add_deploy(commands: Any) -> None:
    deploy = commands.add_parser(
        "deploy", help="create a deployment that publishes packages of a project"
    )
    deploy.add_argument("project")
    deploy.add_argument("name", help="of the deployment, and so of its repository")
    deploy.add_argument("packages", nargs="*", help="file names of uploaded packages")
    deploy.add_argument(
        "--install", action="append", default=[], help="package that computers have to install"
    )
    deploy.add_argument(
        "--to",
        action="append",
        metavar="PREFIX-VALUE",
        help="attribute of the computers that get it (default: SET-All Systems)",
    )
    deploy.set_defaults(run=_deploy)


def _add_demo(commands: Any) -> None:
    demo = commands.add_parser("demo", help="a server with a simulated fleet, to look at")
    demo.add_argument("--computers", type=int, default=50, help="how many (default 50)")
    demo.add_argument(
        "--pace", type=float, default=120.0, help="synchronizations per minute (default 120)"
    )
    demo.add_argument(
        "--minutes", type=float, default=0.0, help="end after so long (default: run on)"
    )
    demo.add_argument("--keep", metavar="DIRECTORY", help="keep the data there")
    demo.set_defaults(run=_demo)


def _add_repository_key(commands: Any) -> None:
    key = commands.add_parser("repository-key", help="the key that signs repositories")
    actions = key.add_subparsers(required=True, metavar="ACTION")
    for name, text in (
        ("show", "print fingerprints and when they expire"),
        ("export", "print the public key"),
        ("rotate", "make a new key, and go on signing with the old one too"),
        ("expire", "end a rotation: forget the old key"),
    ):
        action = actions.add_parser(name, help=text)
        action.set_defaults(run=_repository_key, action=name)
        if name == "rotate":
            action.add_argument(
                "--days", type=int, default=0, help="until the new key expires (default: never)"
            )


def _add_project_key(commands: Any) -> None:
    keys = commands.add_parser(
        "project-key", help="keys that a project accepts from computers of another installation"
    ).add_subparsers(required=True, metavar="COMMAND")
    imported = keys.add_parser("import", help="accept a key besides the project's own")
    imported.add_argument("project")
    imported.add_argument("file", type=Path, help="either half of the pair, as PEM")
    imported.add_argument(
        "--server-key",
        type=Path,
        metavar="FILE",
        help="private key of the server that the computers knew, when it was not this one's",
    )
    imported.set_defaults(run=_import_key)
    listed = keys.add_parser("list", help="list the accepted keys by their fingerprints")
    listed.add_argument("project")
    listed.set_defaults(run=_list_keys)
    removed = keys.add_parser("remove", help="no longer accept a key")
    removed.add_argument("project")
    removed.add_argument("fingerprint")
    removed.set_defaults(run=_remove_key)


def _add_jobs(commands: Any) -> None:
    jobs = commands.add_parser("jobs", help="list the periodic jobs, or run one now")
    jobs.set_defaults(run=_list_jobs)
    one = jobs.add_subparsers(metavar="COMMAND").add_parser(
        "run", help="run a job now, whether or not it is due"
    )
    one.add_argument("name", help="as the list has it; in quotes when it has blanks")
    one.set_defaults(run=_run_job)


def _run(main_task: Coroutine[Any, Any, Any]) -> Any:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main_task)


def _serve(_: argparse.Namespace) -> None:
    from migas_tornado.logs import configure_logging
    from migas_tornado.server import serve
    from migas_tornado.settings import load_settings

    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    _run(serve(settings))


def _migrate(_: argparse.Namespace) -> None:
    from migas_tornado.logs import configure_logging
    from migas_tornado.server import open_storage
    from migas_tornado.settings import load_settings

    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)

    async def migrate() -> None:
        async with AsyncExitStack() as stack:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
            await open_storage(settings, stack)
        print("The database is up to date.")

    _run(migrate())


def _create_superuser(arguments: argparse.Namespace) -> None:
    from migas_tornado.accounts.superusers import create_superuser

    password = os.environ.get("MIGAS_NEW_PASSWORD") or getpass.getpass("Password: ")
    _with_storage(create_superuser(arguments.username, password))
    print(f"{arguments.username} is an administrator.")


def _deploy(arguments: argparse.Namespace) -> None:
    from migas_tornado.settings import load_settings
    from migas_tornado.targeting.creation import NewDeployment, deploy
    from migas_tornado.targeting.deployments import today

    new = NewDeployment(
        project=arguments.project,
        name=arguments.name,
        start_date=today(load_settings().time_zone),
        packages=tuple(arguments.packages),
        install=tuple(arguments.install),
        included=tuple(arguments.to or ("SET-All Systems",)),
    )
    _with_storage(deploy(new))
    print("Created; a running server publishes its repository at once.")


def _import_key(arguments: argparse.Namespace) -> None:
    from migas_tornado.enrolment.project_keys import accept_key

    key = _with_storage(
        accept_key(_keys_dir(), arguments.project, arguments.file, arguments.server_key)
    )
    print(f"{arguments.project} accepts {key.fingerprint}.")


def _list_keys(arguments: argparse.Namespace) -> None:
    from migas_tornado.enrolment.project_keys import accepted_keys

    for key in _with_storage(accepted_keys(_keys_dir(), arguments.project)):
        print(key.fingerprint + ("  with a server key" if key.has_server_key else ""))


def _remove_key(arguments: argparse.Namespace) -> None:
    from migas_tornado.enrolment.project_keys import refuse_key

    _with_storage(refuse_key(_keys_dir(), arguments.project, arguments.fingerprint))
    print(f"{arguments.project} no longer accepts {arguments.fingerprint}.")


def _keys_dir() -> Path:
    from migas_tornado.settings import load_settings

    return load_settings().keys_dir


def _list_jobs(_: argparse.Namespace) -> None:
    from migas_tornado.settings import load_settings
    from tasks.jobs_command import list_jobs

    _run(list_jobs(load_settings()))


def _run_job(arguments: argparse.Namespace) -> None:
    from migas_tornado.logs import configure_logging
    from migas_tornado.settings import load_settings
    from tasks.jobs_command import run_job_now

    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    _run(run_job_now(settings, arguments.name))


def _repository_key(arguments: argparse.Namespace) -> None:
    from migas_tornado.repositories import key_commands
    from migas_tornado.settings import load_settings

    keys_dir = load_settings().keys_dir
    match arguments.action:
        case "show":
            print(key_commands.shown(keys_dir))
            return
        case "export":
            print(key_commands.exported(keys_dir), end="")
            return
        case "rotate":
            key_commands.rotated(keys_dir, arguments.days)
        case "expire":
            key_commands.expired(keys_dir)
    _with_storage(key_commands.sign_again())
    print(key_commands.shown(keys_dir))


def _with_storage(work: Coroutine[Any, Any, Any]) -> Any:
    """Do something in the database, whether a server has it open or not, and return the result."""
    from migas_tornado.server import open_storage
    from migas_tornado.settings import load_settings

    async def run() -> Any:
        settings = load_settings()
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        async with AsyncExitStack() as stack:
            await open_storage(settings, stack, is_guest=True)
            return await work

    return _run(run())


def _demo(arguments: argparse.Namespace) -> None:
    from migas_tornado.demo.command import run_demo

    run_demo(arguments.computers, arguments.pace, arguments.minutes, arguments.keep)


def _version(_: argparse.Namespace) -> None:
    print(__version__)
