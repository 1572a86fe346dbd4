"""The sums that the database keeps of events and package histories, as lists use them."""

from typing import Any

from migas_tornado.models.counters import EventCount, PackageCount
from migas_tornado.resources.filters import Filter, along, boolean, exact, is_given
from migas_tornado.resources.tallies import Tally


def events(kind: str, *filters: Filter, is_complete: str = "true") -> Tally:
    """Return the sums of events by day, newest first.

    Args:
        kind: what they are called in the sums.
        filters: what they are summed up by besides project and day.
        is_complete: condition that every one of them has been summed up.
    """
    return Tally(
        model=EventCount,
        sums=lambda given: ("t.events", f"t.kind = '{kind}'"),
        filters=(*exact("project__id"), *filters),
        places=(
            "SELECT t.day AS place, sum({number}) AS number FROM {table} t WHERE {where} GROUP BY 1"
        ),
        since="{value} >= {place}::date",
        until="{value} < {place}::date + 1",
        is_complete=is_complete,
    )


def _packages(given: dict[str, Any]) -> tuple[str, str]:
    is_gone = {True: "t.installed", False: "t.entries - t.installed", None: "t.entries"}
    number = is_gone[boolean(given.get("uninstall_date__isnull"))]
    return number, "true" if is_given(given.get("package__project__id")) else "t.project_id IS NULL"


PACKAGES = Tally(
    model=PackageCount,
    sums=_packages,
    filters=(
        *along(package__project__id="project__id"),
        Filter("uninstall_date", ("isnull",), custom=lambda *_: None),
    ),
    # Computer by computer, in the order of the names and no further than to the page.
    places=(
        "SELECT c.name AS place, s.number FROM client_computer c CROSS JOIN LATERAL ("
        "SELECT {number} AS number FROM {table} t WHERE t.computer_id = c.id AND {where} OFFSET 0"
        ") s WHERE {computers}"
    ),
    computer="computer_id",
    since="{value} >= {place}",
    until="{value} <= {place}",
    is_complete="NOT EXISTS (SELECT FROM client_computer n WHERE n.name IS NULL)",
)
"""The lengths of package histories by computer, as `sums` and `filters` of the list ask."""
