"""Answers that many calls share, above all their refusals. Contract: admin-api 1.3."""

from typing import Any

from migas_tornado.resources.openapi.calls import JSON

Schema = dict[str, Any]

REFUSALS: dict[int, tuple[str, str, str]] = {
    400: ("Mistaken", "What was sent is not acceptable; fields at fault are named.", "Mistakes"),
    401: ("NotAuthenticated", "Credentials are missing or wrong.", "Refusal"),
    403: ("Forbidden", "The account lacks the permission.", "Refusal"),
    404: (
        "NotFound",
        "There is no such thing, or the account does not see it; `relations/` and `badge/` say so "
        "without a body.",
        "Refusal",
    ),
    405: ("NotAllowed", "The path does not have this method.", "Refusal"),
    409: ("Conflict", "Something else depends on it; the message says what.", "Refusal"),
    413: ("TooLarge", "More was sent than a limit allows.", "Refusal"),
    422: ("NotReady", "The record lacks what this needs.", "Refusal"),
    426: ("UpgradeRequired", "The path is for WebSockets.", "Refusal"),
    429: ("TooMany", "Too many requests; `Retry-After` says when to come back.", "Refusal"),
    503: ("Unavailable", "Something that is needed is not there now.", "Refusal"),
}
"""Status -> name, description and schema."""

SCHEMAS: dict[str, Schema] = {
    "Refusal": {
        "type": "object",
        "description": "Why nothing was done; other members give the facts to programs.",
        "properties": {"detail": {}},
    },
    "Mistakes": {
        "type": "object",
        "description": "Field -> what is wrong with it; `detail` or `error` where it is the whole.",
        "properties": {"detail": {}, "non_field_errors": {"type": "array"}},
    },
}


def refusal_components() -> dict[str, Schema]:
    """Return the refusals as components of the document."""
    found = {}
    for status, (name, description, schema) in REFUSALS.items():
        content = {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
        found[name] = {"description": description, "content": content}
        if status == 429:
            found[name]["headers"] = {
                "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
            }
    return found


def answers(status: int, success: Schema, refusals: tuple[int, ...]) -> dict[str, Schema]:
    """Return the answers of an operation: one success, and refusals by their statuses."""
    found = {str(status): success}
    for refused in sorted(set(refusals)):
        found[str(refused)] = {"$ref": f"#/components/responses/{REFUSALS[refused][0]}"}
    return found


def content(schema: Schema, *kinds: str) -> Schema:
    """Return a schema under its media types."""
    return {kind: {"schema": schema} for kind in kinds or (JSON,)}
