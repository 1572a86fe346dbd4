"""The parts of computers. Contract: admin-api 5.14, data-model 6."""

from migas_tornado.models.hardware import Node
from migas_tornado.resources.declaration import Resource
from migas_tornado.resources.declared.shapes import COMPUTER
from migas_tornado.resources.filters import exact
from migas_tornado.resources.shapes import One, Shape
from migas_tornado.resources.visibility import by_computer

NODE: Shape = (
    "id",
    "parent",
    "level",
    "width",
    "name",
    "class_name",
    "enabled",
    "claimed",
    "description",
    "vendor",
    "product",
    "version",
    "serial",
    "bus_info",
    "physid",
    "slot",
    "size",
    "capacity",
    "clock",
    "dev",
)
"""A part as the list of its computer's parts shows it."""

NODES = Resource(
    path="hardware",
    title="node",
    model=Node,
    permission="hardware.node",
    read=("id", One("computer", COMPUTER), *NODE[1:]),
    methods="LR",
    filters=exact("computer__id", *(name for name in NODE if name != "version")),
    visible=by_computer("computer_id"),
    export_name="node",
    text="coalesce(nullif({t}.product, ''), {t}.description, '')",
)

RESOURCES = (NODES,)
