"""Statistics of the attributes that computers report, and of tags. Contract: 2.5."""

from migas_tornado.resources.visibility import by_attribute
from migas_tornado.statistics.shapes import Counted, flat

ATTRIBUTES = "core_attribute t JOIN core_property g ON g.id = t.property_att_id"
MEMBERS = "name value property_att_id"

STATISTICS = (
    flat(
        "features/property",
        "Attributes / Formula",
        Counted(ATTRIBUTES, by_attribute(), "g.sort IN ('client', 'basic')"),
        MEMBERS,
    ),
    flat(
        "tags/category",
        "Tags / Tag Category",
        Counted(ATTRIBUTES, by_attribute(), "g.sort = 'server'"),
        MEMBERS,
    ),
)
