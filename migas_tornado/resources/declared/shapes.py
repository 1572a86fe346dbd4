"""How records are shown inside others. Contract: admin-api 5.1."""

from migas_tornado.models.enumerations import Language
from migas_tornado.resources.shapes import ID_NAME, Computed, Many, Member, One, Shape

ATTRIBUTE: Shape = (
    "id",
    One("property_att", ("id", "prefix", "sort")),
    "value",
    "description",
    "latitude",
    "longitude",
)
PROPERTY: Shape = ("id", "prefix", "name", "sort")
PROJECT: Shape = ("id", "name", "slug", "pms", "architecture")
PROJECT_WITH_PLATFORM: Shape = ("id", "name", "slug", One("platform", ID_NAME))
ACCOUNT: Shape = ("id", "username")
PACKAGE: Shape = ("id", "fullname")

NATURAL = "(SELECT p.prefix FROM core_property p WHERE p.id = {t}.property_att_id), {t}.value"
"""Order of attributes."""


def attributes(name: str) -> Many:
    """Show the attributes of a link that the caller sees; a write keeps the others."""
    return Many(name, ATTRIBUTE, order=NATURAL, only_visible=True)


INCLUDED_EXCLUDED: tuple[Member, ...] = (
    attributes("included_attributes"),
    attributes("excluded_attributes"),
)

LANGUAGE_TEXT = Computed(
    "language",
    "CASE {t}.language "
    + " ".join(f"WHEN {one.value} THEN '{one.name.lower()}'" for one in Language)
    + " END",
)
"""The language of code by its name; writes take and give its number."""

USER_TEXT = (
    "CASE WHEN {u}.fullname = '' THEN {u}.name ELSE {u}.name || ' (' || {u}.fullname || ')' END"
)
SUMMARY = Computed(
    "summary",
    "{t}.status || ', ' || (SELECT p.name FROM core_project p WHERE p.id = {t}.project_id) || ', ' "
    "|| coalesce({t}.ip_address, 'None') || ', ' || coalesce((SELECT "
    + USER_TEXT.replace("{u}", "su")
    + " FROM client_user su WHERE su.id = {t}.sync_user_id), 'None')",
)
COMPUTER_TEXT = Computed("__str__", "{computer:{t}}")
COMPUTER: Shape = ("id", COMPUTER_TEXT, "status", SUMMARY)
USER: Shape = ("id", "name", Computed("__str__", USER_TEXT.replace("{u}", "{t}")))
