"""The groups of operations, each with a sentence about it. Contract: other-consumers, mcp-server.

A resource is a group, and so is every family of other calls.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from migas_tornado.resources.declaration import Resource

Schema = dict[str, Any]

DESCRIPTIONS = {
    "accounts": "What there is about groups and their rights",
    "alerts": "WebSocket of the numbers that need attention",
    "api": "This document, the check of JSON web tokens, and messages of protocol 4",
    "attributes": "Values of all properties; the targets of deployments and everything else",
    "catalog": "What there is about applications and policies",
    "computer": "Labels of computers, as agents of protocol 4 show them",
    "deployments": "What is rolled out to whom, from internal and external sources",
    "deployments/external-sources": "Deployments whose packages come from repositories elsewhere",
    "deployments/internal-sources": "Deployments whose packages are stored here",
    "devices": "What there is about printers and other devices",
    "docs": "This document, for people",
    "features": "Values that computers tell of themselves",
    "formulas": "Properties that computers answer by running code",
    "get_computer_info": "What agents of protocol 4 show of a computer",
    "get_key_repositories": "The key that signs repositories, as agents of protocol 4 ask for it",
    "graphql": "Queries over several resources at once",
    "health": "Whether the server and its parts work",
    "jobs": "Periodic work of the server, and how it went",
    "manager": "Certificates of computers and administrators, and whether the server is saturated",
    "mgi": "What there is about images of computers",
    "properties": "Questions asked about every computer, of all sorts",
    "public": "Facts about the server, and keys; no account is needed",
    "rest-auth": "Signing in and out, and one's own account",
    "safe": "Calls of computers in signed and encrypted envelopes",
    "session": "Sign-in of browsers that use this server's own dashboard",
    "src": "Repositories elsewhere, as computers reach them through this server",
    "stamps": "Properties whose values are assigned by people, as tags",
    "stats": "Numbers for charts",
    "tags": "Values that people assign to computers",
    "token": "What there is below the administrative API",
    "token-auth": "API tokens",
    "token-auth-jwt": "JSON web tokens",
    "token-refresh": "New access tokens for JSON web tokens",
    "ws": "WebSockets of live figures and of consoles",
}
"""Of the families, and of resources that share a table: its description says too little."""


def described_tags(names: Iterable[str], resources: Mapping[str, Resource]) -> list[Schema]:
    """Return the tags that operations have, as OpenAPI lists them.

    Args:
        names: of the tags; of an extension's own calls perhaps unknown here.
        resources: by path; the description of their table is that of their tag.
    """
    return [{"name": name, "description": _about(name, resources)} for name in sorted(set(names))]


def _about(name: str, resources: Mapping[str, Resource]) -> str:
    found = DESCRIPTIONS.get(name)
    if found is None and name in resources:
        found = resources[name].model._meta.table_description
    return f"{found or f'Calls below /{name}/'}."
