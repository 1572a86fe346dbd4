"""How a call that no resource declares is described.

A handler class may have `documentation = {"get": Operation(...), "post": Operation(...)}`, or
`documentation = None` to stay out of the document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from migas_tornado.resources.declaration import Resource

Schema = dict[str, Any]

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
CSV = "text/csv"
BODY_TYPES = (JSON, FORM, MULTIPART)


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method of a call takes and answers."""

    summary: str = ""
    """What it does, in a few words."""
    answer: Schema | None = None
    """Schema of a successful answer; None is any JSON, and `{}` with the status 204 is nothing."""
    status: int = 200
    body: Schema | None = None
    """Schema of the body; None where there is none."""
    body_types: tuple[str, ...] = BODY_TYPES
    query: Mapping[str, Schema] = field(default_factory=dict)
    """Parameter of the URL -> its schema."""
    filters: str = ""
    """Path of the resource whose filters it takes too; `.` is the call's own resource."""
    errors: tuple[int, ...] = (400,)
    """Statuses of refusals besides those that depend on the login and the path."""
    content: tuple[str, ...] = (JSON,)
    """Media types of the answer."""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A path that the server answers."""

    path: str
    """As OpenAPI writes it, with names in braces."""
    methods: tuple[str, ...]
    """In lower case."""
    title: str
    """First sentence about it."""
    needs_account: bool
    documentation: Mapping[str, Operation] = field(default_factory=dict)
    resource: Resource | None = None
