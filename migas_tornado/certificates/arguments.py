"""The arguments of `migas-tornado certificates`; what the commands do is in `command`."""

import argparse
from typing import Any


def add_certificate_commands(commands: Any) -> None:
    """Add `certificates` and what it can do to the command line."""
    parser = commands.add_parser(
        "certificates", help="list, issue, renew and revoke client certificates"
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = _action(actions, "list", "list the certificates that count")
    listing.add_argument("name", nargs="?", default="", help="part of the common name, or serial")
    listing.add_argument("--role", choices=("computer", "admin", "server"), default="")
    listing.add_argument("--revoked", action="store_true", help="list those that were revoked")
    _add_issue(actions)
    renew = _action(actions, "renew", "issue the next certificate of a name; the old one ends")
    renew.add_argument("name", help="common name")
    _add_output(renew)
    release = _action(actions, "release", "let a computer get another one by itself")
    release.add_argument("name", help="common name of its certificate")
    revoke = _action(actions, "revoke", "refuse the certificates of a name from now on")
    revoke.add_argument("name", help="common name, or serial number")
    revoke.add_argument(
        "--reason",
        choices=("unspecified", "keyCompromise", "superseded", "cessationOfOperation"),
        default="unspecified",
    )
    _action(actions, "crl", "print the list of revoked certificates, and write it for the proxy")
    _action(actions, "ca", "print the certificate of the authority")


def _add_issue(actions: Any) -> None:
    issue = _action(actions, "issue", "issue a certificate to a computer, a person or a proxy")
    owner = issue.add_mutually_exclusive_group(required=True)
    owner.add_argument("--computer", nargs=2, metavar=("UUID", "PROJECT"))
    owner.add_argument("--admin", metavar="NAME")
    owner.add_argument("--server", nargs="+", metavar="HOST", help="host names and addresses")
    issue.add_argument("--days", type=int, default=7305, help="validity (default: the longest)")
    _add_output(issue)


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out",
        required=True,
        metavar="FILE",
        help="a tar with a .p12 under a password that is asked for, or found in "
        "MIGAS_NEW_PASSWORD; for a proxy a PEM with certificate, authority and key",
    )


def _action(actions: Any, name: str, text: str) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text)
    parser.set_defaults(run=_run, action=name)
    return parser


def _run(arguments: argparse.Namespace) -> None:
    # Imported only when needed: worker processes import the command line too, and stay small.
    from migas_tornado.certificates.command import run_action

    run_action(arguments)
