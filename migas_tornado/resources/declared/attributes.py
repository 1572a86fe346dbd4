"""Attributes, and their views tags and features. Contract: admin-api 5.3, 4 (AF)."""

from typing import Any

from migas_tornado.attributes.creation import (
    check_attribute,
    check_feature,
    check_tag,
    keep_basic,
)
from migas_tornado.attributes.holders import HOLDERS, held_by
from migas_tornado.models.attributes import Attribute
from migas_tornado.models.enumerations import PropertySort
from migas_tornado.resources.declaration import Hooks, Resource, Writable
from migas_tornado.resources.declared.shapes import PROPERTY
from migas_tornado.resources.filters import Filter, along, boolean, exact, integer, text, within
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.shapes import Computed, One
from migas_tornado.resources.visibility import by_attribute

# As a plain condition it would become a join, done again for every record of the page.
TOTAL_COMPUTERS = Computed(
    "total_computers",
    f"CASE WHEN {{sees_all}} THEN {HOLDERS} ELSE ("
    "SELECT count(*) FROM client_computer_sync_attributes s WHERE s.attribute_id = {t}.id "
    "AND (s.computer_id IN ({visible_computers})) IS TRUE) END",
    {"type": "integer"},
)

TEXT = """
    CASE WHEN {t}.id = 1 THEN {t}.value ELSE coalesce(
        (
            SELECT {computer:cid} FROM core_property p
            JOIN client_computer cid ON cid.id = CASE
                WHEN {t}.value ~ '^[0-9]+$' AND length({t}.value) < 10 THEN {t}.value::int
            END
            WHERE p.id = {t}.property_att_id AND p.prefix = 'CID'
        ),
        (SELECT p.prefix FROM core_property p WHERE p.id = {t}.property_att_id) || '-' || {t}.value
    ) END
"""
"""Prefix and value; a computer's own attribute is called like the computer."""


def _has_location(value: str, parameters: Parameters, caller: Any) -> str | None:
    wanted = boolean(value)
    if wanted is None:
        return None
    located = "t.latitude IS NOT NULL AND t.longitude IS NOT NULL"
    return f"({located})" if wanted else f"NOT ({located})"


def _total_computers(value: str, parameters: Parameters, caller: Any) -> str:
    return held_by(parameters.add(integer(value), "bigint"))


TARGETING = (
    "attributeset",
    "domain",
    "faultdefinition",
    "scope",
    "deployment",
    "policy",
    "policygroup",
    "singularity",
)

FILTERS = (
    *within("id"),
    *exact("property_att__id", "property_att__prefix"),
    Filter("property_att__sort", choices=tuple(sort.value for sort in PropertySort)),
    *text("value"),
    Filter("description", ("icontains",)),
    *exact(*(f"{one}_{how}__id" for one in TARGETING for how in ("included", "excluded"))),
    *along(
        property__id="property_att__id",
        device__id="available_devices__id",
        logical__id="logical_devices__id",
        application__id="applications__id",
        computer__id="computers__id",
        scheduledelay__id="delays__id",
    ),
    Filter("has_location", custom=_has_location),
    Filter("total_computers", custom=_total_computers),
)

_SEARCH = ("value", "description", "property_att__prefix")
_ORDER = ("property_att__prefix", "value")
_PLACE = ("latitude", "longitude")

ATTRIBUTES = Resource(
    path="attributes",
    title="attribute",
    model=Attribute,
    permission="core.attribute",
    read=(
        "id",
        One("property_att", ("id", "prefix", "sort")),
        "value",
        "description",
        "longitude",
        "latitude",
    ),
    writable=Writable(
        ("property_att", "value", "description", *_PLACE),
        required=("property_att", "value"),
        cut=("value",),
    ),
    changeable=Writable(("value", "description", *_PLACE), required=("value",)),
    order=_ORDER,
    grouped="property_att",
    search=_SEARCH,
    filters=FILTERS,
    visible=by_attribute(),
    hooks=Hooks(check=check_attribute, removing=keep_basic),
    text=TEXT,
)

_OF_VIEW = ("id", One("property_att", PROPERTY), "value", "description", *_PLACE)
_WRITABLE = Writable(
    ("property_att", "value", "description", *_PLACE), required=("property_att", "value")
)

TAGS = Resource(
    path="tags",
    title="tag",
    model=Attribute,
    permission="core.attribute",
    read=(*_OF_VIEW, TOTAL_COMPUTERS),
    written=_OF_VIEW,
    writable=_WRITABLE,
    order=_ORDER,
    grouped="property_att",
    ordered_by={"total_computers": HOLDERS},
    search=_SEARCH,
    filters=(
        *FILTERS,
        *exact("domain_tags__id"),
        *along(tags__id="tagged_computers__id", flavours__id="flavours__id"),
    ),
    visible=by_attribute(),
    always=(
        "t.property_att_id IN (SELECT p.id FROM core_property p "
        f"WHERE p.sort = '{PropertySort.SERVER.value}')"
    ),
    hooks=Hooks(check=check_tag, removing=keep_basic),
    export_name="serverattribute",
    text=TEXT,
)

FEATURES = Resource(
    path="features",
    title="feature",
    model=Attribute,
    permission="core.attribute",
    read=(*_OF_VIEW, TOTAL_COMPUTERS),
    written=_OF_VIEW,
    writable=_WRITABLE,
    order=_ORDER,
    grouped="property_att",
    ordered_by={"total_computers": HOLDERS},
    search=_SEARCH,
    filters=FILTERS,
    visible=by_attribute(),
    always=(
        "t.property_att_id IN (SELECT p.id FROM core_property p "
        f"WHERE p.sort <> '{PropertySort.SERVER.value}')"
    ),
    hooks=Hooks(check=check_feature, removing=keep_basic),
    export_name="clientattribute",
    text=TEXT,
)

RESOURCES = (ATTRIBUTES, TAGS, FEATURES)
