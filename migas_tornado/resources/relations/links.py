"""The language in which links between records are declared. Contract: admin-api 6.1."""

from collections.abc import Iterable
from dataclasses import dataclass

KEY = "{key}"
"""SQL of the record's id."""
TRUE = "true"

RESOURCES_OF_ROUTES = {
    "synchronizations": "syncs",
    "catalog/applications": "catalog/apps",
    "groups": "accounts/groups",
}
"""Routes of the dashboard that are not called like the resource."""

_PLURALS = {
    "packages-history": "Packages History",
    "devices/logical": "Logical Devices",
    "catalog/project-packages": "Packages by Project",
    "mgi/config": "Configurations",
    "mgi/flavour": "Flavours",
    "mgi/release": "Releases",
    "mgi/build": "Builds",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A list that holds records linked to a record."""

    route: str
    """What the dashboard calls the list."""
    text: str
    query: dict[str, str]
    """Filter of the list -> SQL of its value, on the record `{t}` with the id `{key}`."""
    counted_by: str = ""
    """Filter that does the same here, where the dashboard rewrites the first one of the query."""
    targets: str = ""
    """Table and kind of a record that holds computers, such as `core_scope scope`."""
    only_productive: bool = False
    """Whether released computers are left out."""

    @property
    def path(self) -> str:
        """Path of the resource that the link leads to."""
        return RESOURCES_OF_ROUTES.get(self.route, self.route)

    @property
    def filters(self) -> dict[str, str]:
        """The filters by which the link is counted, with the SQL of their values."""
        pairs = list(self.query.items())
        if self.counted_by:
            pairs[0] = (self.counted_by, pairs[0][1])
        return {_counting_name(name): sql for name, sql in pairs}


def _counting_name(name: str) -> str:
    return "uninstall_date__isnull" if name == "uninstall_date" else name


def forward(field: str, route: str, parameter: str, counted_by: str = "") -> Link:
    """Declare a link along a field of the record itself."""
    return Link(route, field, {parameter: KEY}, counted_by)


def reverse(field: str, routes: str, parameter: str, counted_by: str = "") -> tuple[Link, ...]:
    """Declare links to the records that have the record in a field.

    Args:
        field: what the field is called.
        routes: one or several, separated by blanks.
        parameter: filter of these lists.
        counted_by: filter that does the same here.
    """
    return tuple(
        Link(
            route,
            f"{plural(route)} [{field}]",
            {parameter: KEY},
            counted_by,
            only_productive=route == "computers",
        )
        for route in routes.split()
    )


def included_excluded(name: str) -> tuple[Link, ...]:
    """Declare links to the attributes that a record includes and excludes.

    Args:
        name: of the record in the filters of attributes.
    """
    return (
        forward("included attributes", "attributes", f"{name}_included__id"),
        forward("excluded attributes", "attributes", f"{name}_excluded__id"),
    )


def targeted(table: str, kind: str) -> Link:
    """Declare a link to the computers with an included and no excluded attribute."""
    return Link(
        "computers", "Computers", {"id__in": ""}, targets=f"{table} {kind}", only_productive=True
    )


def route_of(path: str) -> str:
    """Return what the dashboard calls the list of a resource."""
    return next((route for route, own in RESOURCES_OF_ROUTES.items() if own == path), path)


def plural(route: str) -> str:
    """Return what the records of a list are called in English."""
    return _PLURALS.get(route) or route.rpartition("/")[2].replace("-", " ").title()


def together(*found: Link | Iterable[Link]) -> tuple[Link, ...]:
    """Return links and groups of links in one row."""
    row: list[Link] = []
    for one in found:
        row += [one] if isinstance(one, Link) else one
    return tuple(row)
