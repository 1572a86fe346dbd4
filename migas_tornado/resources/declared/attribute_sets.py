"""Attribute sets. Contract: admin-api 5.3, data-model 3.3."""

from migas_tornado.attributes.sets import check_set, remove_set_attribute, set_saved
from migas_tornado.models.attributes import AttributeSet
from migas_tornado.resources.declaration import Hooks, Resource, Writable
from migas_tornado.resources.declared.shapes import INCLUDED_EXCLUDED
from migas_tornado.resources.filters import exact, text, within
from migas_tornado.resources.visibility import by_link

ATTRIBUTE_SETS = Resource(
    path="attribute-sets",
    title="attribute set",
    model=AttributeSet,
    permission="core.attributeset",
    read=(
        "id",
        *INCLUDED_EXCLUDED,
        "name",
        "description",
        "enabled",
        "longitude",
        "latitude",
    ),
    writable=Writable(
        (
            "name",
            "description",
            "enabled",
            "longitude",
            "latitude",
            "included_attributes",
            "excluded_attributes",
        ),
        required=("name",),
    ),
    order=("name",),
    search=("name", "description"),
    filters=(
        *within("id"),
        *text("name"),
        *exact("enabled", "included_attributes__id", "excluded_attributes__id"),
    ),
    visible=by_link("core_attributeset_included_attributes", "attributeset_id", or_none=True),
    hooks=Hooks(check=check_set, saved=set_saved, removing=remove_set_attribute),
    export_name="attributeset",
)

RESOURCES = (ATTRIBUTE_SETS,)
