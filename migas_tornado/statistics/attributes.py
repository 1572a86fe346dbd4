"""Statistics of the attributes that computers report, and of tags. Contract: 2.5."""

from migas_tornado.resources.visibility import by_attribute
from migas_tornado.statistics.shapes import Counted, flat

SORTED = "t.property_att_id IN (SELECT g.id FROM core_property g WHERE g.sort IN ({}))"
MEMBERS = "name value property_att_id"

STATISTICS = (
    flat(
        "features/property",
        "Attributes / Formula",
        Counted("core_attribute t", by_attribute(), SORTED.format("'client', 'basic'")),
        "t.property_att_id",
        "core_property",
        MEMBERS,
    ),
    flat(
        "tags/category",
        "Tags / Tag Category",
        Counted("core_attribute t", by_attribute(), SORTED.format("'server'")),
        "t.property_att_id",
        "core_property",
        MEMBERS,
    ),
)
