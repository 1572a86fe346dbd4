"""Properties, their views stamps and formulas, and singularities. Contract: admin-api 5.2."""

from migas_tornado.attributes.properties import (
    check_formula,
    check_property,
    check_stamp,
    keep_basic,
)
from migas_tornado.models.attributes import Property, Singularity
from migas_tornado.models.enumerations import Language, PropertyKind, PropertySort
from migas_tornado.resources.declaration import Hooks, Resource, Writable
from migas_tornado.resources.declared.shapes import INCLUDED_EXCLUDED, LANGUAGE_TEXT
from migas_tornado.resources.declared.shapes import PROPERTY as PROPERTY_SHAPE
from migas_tornado.resources.filters import Filter, along, exact, text, within
from migas_tornado.resources.shapes import One
from migas_tornado.resources.visibility import by_link

KINDS = tuple(kind.value for kind in PropertyKind)
SORTS = tuple(sort.value for sort in PropertySort)
LANGUAGES = tuple(language.value for language in Language)

CHOICES = {"kind": KINDS, "sort": SORTS, "language": LANGUAGES}

FILTERS = (
    *within("id"),
    Filter("prefix", ("", "in", "icontains")),
    *text("name"),
    *exact("enabled"),
    Filter("sort", choices=SORTS),
    Filter("kind", choices=KINDS),
    *along(singularity__id="singularities__id", attribute__id="attributes__id"),
)

_OF_PROPERTY = ("id", "prefix", "name", "enabled", "kind", "sort", "auto_add", "code")

PROPERTIES = Resource(
    path="properties",
    title="property",
    model=Property,
    permission="core.property",
    read=("id", LANGUAGE_TEXT, *_OF_PROPERTY[1:]),
    written=(*_OF_PROPERTY[:-1], "language", "code"),
    writable=Writable(
        ("prefix", "name", "enabled", "kind", "sort", "auto_add", "language", "code"),
        required=("prefix", "name"),
        choices=CHOICES,
    ),
    order=("prefix", "name"),
    search=("name", "language", "code"),
    filters=FILTERS,
    hooks=Hooks(check=check_property, removing=keep_basic),
)

STAMPS = Resource(
    path="stamps",
    title="stamp",
    model=Property,
    permission="core.property",
    read=("id", "prefix", "name", "kind", "enabled"),
    writable=Writable(
        ("prefix", "name", "kind", "enabled"), required=("prefix", "name"), choices=CHOICES
    ),
    order=("name",),
    search=("name", "prefix"),
    filters=FILTERS,
    always=f"t.sort = '{PropertySort.SERVER.value}'",
    hooks=Hooks(check=check_stamp, removing=keep_basic),
    export_name="serverproperty",
)

_OF_FORMULA = ("prefix", "name", "kind", "enabled", "language", "code")

FORMULAS = Resource(
    path="formulas",
    title="formula",
    model=Property,
    permission="core.property",
    read=("id", "prefix", "name", "kind", "sort", "enabled", "language", "code"),
    writable=Writable(_OF_FORMULA, required=("prefix", "name", "code"), choices=CHOICES),
    # The server's own have no code: the check hook asks for it where there has to be some.
    changeable=Writable(_OF_FORMULA, required=("prefix", "name"), choices=CHOICES),
    order=("name",),
    search=("name", "prefix"),
    filters=(*FILTERS, Filter("language", choices=tuple(map(str, LANGUAGES)))),
    always=f"t.sort IN ('{PropertySort.CLIENT.value}', '{PropertySort.BASIC.value}')",
    hooks=Hooks(check=check_formula, removing=keep_basic),
    export_name="clientproperty",
)

SINGULARITIES = Resource(
    path="singularities",
    title="singularity",
    model=Singularity,
    permission="core.singularity",
    read=(
        "id",
        "name",
        "enabled",
        "priority",
        One("property_att", PROPERTY_SHAPE),
        LANGUAGE_TEXT,
        "code",
        *INCLUDED_EXCLUDED,
    ),
    written=(
        "id",
        "name",
        "enabled",
        "priority",
        "property_att",
        "language",
        "code",
        *INCLUDED_EXCLUDED,
    ),
    writable=Writable(
        (
            "name",
            "enabled",
            "priority",
            "property_att",
            "language",
            "code",
            "included_attributes",
            "excluded_attributes",
        ),
        required=("name", "property_att", "priority"),
        choices={"language": LANGUAGES},
    ),
    order=("property_att__name", "-priority"),
    search=("name", "property_att__name", "property_att__prefix"),
    filters=(
        *within("id"),
        *text("name", "property_att__name"),
        *exact("property_att__id", "property_att__prefix", "enabled"),
        *exact("included_attributes__id", "excluded_attributes__id"),
    ),
    visible=by_link("core_singularity_included_attributes", "singularity_id", or_none=True),
    export_name="singularity",
)

RESOURCES = (PROPERTIES, STAMPS, FORMULAS, SINGULARITIES)
