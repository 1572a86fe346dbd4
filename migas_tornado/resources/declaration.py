"""What a resource is. Adding one is a file in `declared/`; contract: admin-api 4."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tortoise import Model

from migas_tornado.resources.filters import Filter
from migas_tornado.resources.shapes import Shape
from migas_tornado.resources.tallies import Tally
from migas_tornado.resources.visibility import Visibility, everything

if TYPE_CHECKING:
    from migas_tornado.resources.changes import Change

Hook = Callable[["Change"], Awaitable[None]]

CRUD = "LCRUD"
CALLED = "{search_field}"
"""Path to the column by which computers are called, wherever a setting says which it is."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that came in a form."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FileRule:
    """Which files are taken."""

    extensions: tuple[str, ...]
    """In lower case, without the dot."""
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Writable:
    """What a body may hold.

    Columns, foreign keys (by id) and links (lists of ids) are named like the model's fields; their
    types, lengths and ranges are those of the columns.
    """

    names: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    """Texts with one value per line, taken as a list of texts, as a text or as null."""
    choices: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """Field -> the codes that it takes."""
    least: dict[str, int] = field(default_factory=dict)
    """Field -> smallest number that it takes."""
    most: dict[str, int] = field(default_factory=dict)
    """Field -> greatest number that it takes."""
    not_blank: tuple[str, ...] = ()
    """Texts that may not be empty besides those that are required."""
    cut: tuple[str, ...] = ()
    """Texts that may be longer than their column; the check hook cuts them."""
    free_links: tuple[str, ...] = ()
    """Links whose targets need not be visible to the caller."""
    called: dict[str, str] = field(default_factory=dict)
    """Field -> its name in bodies, where that is not the field's."""
    files: dict[str, FileRule] = field(default_factory=dict)
    """Name in `extra` -> the files that a form may send for it."""
    extra: dict[str, tuple[type[Model], str]] = field(default_factory=dict)
    """Name in the body -> model and field that give its type, for what the record's own table does
    not hold: it arrives in `Change.extra`, and the hooks check and store it."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What a change of a record brings about; each runs inside the change's transaction."""

    check: Hook | None = None
    """Before anything is written: raises InvalidDataError, or completes the values."""
    saved: Hook | None = None
    """After a creation or change of the row and its links."""
    removing: Hook | None = None
    """Before a row is deleted."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of record that scripts and the dashboard work with."""

    path: str
    """Below `/api/v1/token/`, such as `devices/types`."""
    title: str
    """What one record is called in messages and documentation, such as `device type`."""
    model: type[Model]
    permission: str
    """Application and model that permissions name, such as `core.platform`; empty: a login."""
    read: Shape
    """Members of a record in lists, and on its own unless `detail` says more."""
    detail: Shape = ()
    written: Shape = ()
    """Members of the answer to a write, where they are not those of `detail`."""
    writable: Writable = field(default_factory=Writable)
    changeable: Writable | None = None
    """What PUT and PATCH take, where it is not what POST takes."""
    methods: str = CRUD
    """Letters of list, create, read, update, delete."""
    order: tuple[str, ...] = ("id",)
    """Paths; `-` before one turns it round."""
    grouped: str = ""
    """Foreign key whose record has the first column of `order`, where the rest are own columns and
    an index has both: few records then may have very many rows each."""
    tally: Tally | None = None
    """Sums by which a list of very many rows is counted and paged, by the first of `order`."""
    ordered_by: dict[str, str] = field(default_factory=dict)
    """Member that is no column -> SQL on `t` to order by."""
    search: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    visible: Visibility = everything
    always: str = ""
    """Condition on `t` that every record of the resource meets, such as a sort."""
    export_name: str = ""
    """File name of the export, without extension; empty: the last part of the path."""
    export: Shape = ()
    """Columns of the export; those of `read` if empty."""
    hooks: Hooks = field(default_factory=Hooks)
    text: str = "{t}.name"
    """SQL of the text form of a record."""

    @property
    def for_update(self) -> Writable:
        """What PUT and PATCH take."""
        return self.writable if self.changeable is None else self.changeable

    @property
    def of_detail(self) -> Shape:
        """Members of a record on its own."""
        return self.detail or self.read

    @property
    def of_write(self) -> Shape:
        """Members of the answer to a write."""
        return self.written or self.of_detail
