"""Devices and what belongs to them. Contract: admin-api 5.15, data-model 5."""

from dataclasses import replace

from migas_tornado.accounts.callers import Caller
from migas_tornado.devices import availability, names, texts
from migas_tornado.models.devices import (
    Capability,
    Connection,
    Device,
    DeviceModel,
    DeviceType,
    Driver,
    Logical,
    Manufacturer,
)
from migas_tornado.resources.declaration import Hooks, Resource, Writable
from migas_tornado.resources.declared.shapes import ATTRIBUTE, NATURAL, PROJECT, attributes
from migas_tornado.resources.dependants import unless_used
from migas_tornado.resources.filters import Filter, along, exact, text, within
from migas_tornado.resources.paths import Parameters
from migas_tornado.resources.shapes import ID_NAME, Computed, Lines, Many, One, Shape
from migas_tornado.resources.visibility import by_link, everything, visible_attributes

MODEL_INFO: Shape = (
    "id",
    "name",
    One("manufacturer", ID_NAME),
    Many("connections", ID_NAME),
)
LOGICAL_TEXT = Computed("__str__", texts.LOGICAL)
LOGICAL_INFO: Shape = (
    "id",
    One("device", ID_NAME),
    One("capability", ID_NAME),
    LOGICAL_TEXT,
)

_NAMED = Writable(("name",), required=("name",))


def _visible_devices(caller: Caller, parameters: Parameters) -> str:
    if caller.sees_all:
        return ""
    return (
        "EXISTS (SELECT FROM device_logical vl "
        "JOIN device_logical_attributes vg ON vg.logical_id = vl.id WHERE vl.device_id = t.id "
        f"AND vg.attribute_id IN ({visible_attributes(caller, parameters)}))"
    )


TYPES = Resource(
    path="devices/types",
    title="device type",
    model=DeviceType,
    permission="device.type",
    read=ID_NAME,
    writable=_NAMED,
    order=("name",),
    search=("name",),
    filters=(
        *within("id"),
        *text("name"),
        *along(model__id="models__id", connection__id="connections__id"),
    ),
    hooks=Hooks(
        removing=unless_used(
            (DeviceModel, "device_type", "models"), (Connection, "device_type", "connections")
        )
    ),
    export_name="type",
)

MANUFACTURERS = Resource(
    path="devices/manufacturers",
    title="manufacturer",
    model=Manufacturer,
    permission="device.manufacturer",
    read=ID_NAME,
    writable=_NAMED,
    order=("name",),
    search=("name",),
    filters=(*within("id"), *text("name"), *along(model__id="models__id")),
    hooks=Hooks(removing=unless_used((DeviceModel, "manufacturer", "models"))),
    export_name="manufacturer",
)

CAPABILITIES = Resource(
    path="devices/capabilities",
    title="capability",
    model=Capability,
    permission="device.capability",
    read=ID_NAME,
    writable=_NAMED,
    order=("name",),
    search=("name",),
    filters=(
        *within("id"),
        *text("name"),
        *along(driver__id="drivers__id", logical__id="logical__id"),
    ),
    hooks=Hooks(
        removing=unless_used(
            (Driver, "capability", "drivers"), (Logical, "capability", "logical devices")
        )
    ),
    export_name="capability",
)

CONNECTIONS = Resource(
    path="devices/connections",
    title="connection",
    model=Connection,
    permission="device.connection",
    read=(
        "id",
        One("device_type", ID_NAME),
        "name",
        Computed("fields", "{t}.fields", {"type": "string", "nullable": True}),
    ),
    writable=Writable(
        ("name", "device_type", "fields_"),
        required=("name", "device_type"),
        called={"fields_": "fields"},
    ),
    order=("id",),
    ordered_by={"fields": "{t}.fields"},
    search=("name",),
    filters=(
        *within("id"),
        *text("name", "device_type__name"),
        *exact("device_type__id"),
        *along(model__id="models__id", device__id="devices__id"),
    ),
    hooks=Hooks(removing=unless_used((Device, "connection", "devices"))),
    export_name="connection",
)

MODELS = Resource(
    path="devices/models",
    title="model",
    model=DeviceModel,
    permission="device.model",
    read=(
        "id",
        One("manufacturer", ID_NAME),
        Many("connections", ID_NAME),
        One("device_type", ID_NAME),
        "name",
    ),
    writable=Writable(
        ("name", "manufacturer", "device_type", "connections"),
        required=("name", "manufacturer", "device_type"),
    ),
    order=("name",),
    search=("name", "manufacturer__name"),
    filters=(
        *within("id"),
        *text("name", "manufacturer__name", "device_type__name"),
        *exact("manufacturer__id", "device_type__id", "connections__id", "drivers__project__id"),
        *exact("drivers__id"),
        *along(device__id="devices__id"),
    ),
    hooks=Hooks(check=names.join_model_name, removing=unless_used((Device, "model", "devices"))),
    export_name="model",
)

DRIVERS = Resource(
    path="devices/drivers",
    title="driver",
    model=Driver,
    permission="device.driver",
    read=(
        "id",
        One("model", MODEL_INFO),
        One("project", PROJECT),
        One("capability", ID_NAME),
        Lines("packages_to_install"),
        "name",
    ),
    written=("id", "model", "project", "capability", "packages_to_install", "name"),
    writable=Writable(
        ("name", "model", "project", "capability", "packages_to_install"),
        required=("model", "project", "capability"),
        lines=("packages_to_install",),
    ),
    order=("model__name", "project__name", "capability__name"),
    search=("name", "model__name"),
    filters=(
        *within("id"),
        *text("name", "project__name", "model__name", "capability__name"),
        *exact("project__id", "model__id", "capability__id"),
    ),
    export_name="driver",
    text=texts.DRIVER,
)

_DEVICE = (
    "id",
    One("connection", ID_NAME),
    One("model", MODEL_INFO),
    attributes("available_for_attributes"),
    Computed("data", texts.DATA, {"type": "object"}),
)

DEVICES = Resource(
    path="devices/devices",
    title="device",
    model=Device,
    permission="device.device",
    read=(
        *_DEVICE,
        Computed("location", texts.LOCATION),
        Computed("total_computers", texts.COMPUTERS, {"type": "integer"}),
        "name",
    ),
    written=(*_DEVICE, "name"),
    writable=Writable(
        ("name", "model", "connection", "data", "available_for_attributes"),
        required=("name", "model", "connection"),
    ),
    order=("name",),
    ordered_by={"location": texts.LOCATION},
    search=("name", "model__name", "model__manufacturer__name", "data"),
    filters=(
        *within("id"),
        *text("model__name", "model__manufacturer__name", "connection__name"),
        *exact("model__id", "model__manufacturer__id", "connection__id"),
        *exact("available_for_attributes__id", "logical__id"),
    ),
    visible=_visible_devices,
    hooks=Hooks(check=names.join_queue_name),
    export_name="device",
)

LOGICAL = Resource(
    path="devices/logical",
    title="logical device",
    model=Logical,
    permission="device.logical",
    read=(
        "id",
        LOGICAL_TEXT,
        One("device", ID_NAME),
        One("capability", ID_NAME),
        "alternative_capability_name",
        Many("attributes", ATTRIBUTE, order=NATURAL, only_visible=True),
    ),
    writable=Writable(
        ("device", "capability", "alternative_capability_name", "attributes"),
        required=("device", "capability"),
    ),
    order=("device__name",),
    ordered_by={"__str__": texts.LOGICAL},
    search=(
        "device__name",
        "device__model__name",
        "device__model__manufacturer__name",
        "capability__name",
    ),
    filters=(
        *within("id"),
        *text("device__name", "capability__name"),
        *exact("device__id", "device__model__id", "capability__id", "attributes__id"),
        *along(computer__id="default_of__id"),
    ),
    visible=by_link("device_logical_attributes", "logical_id"),
    hooks=Hooks(check=names.join_capability_name),
    export_name="logical",
    text=texts.LOGICAL,
)

AVAILABLE_DEVICES = replace(
    DEVICES,
    order=("name", "model__name"),
    search=(),
    filters=(
        Filter("cid", custom=availability.device_for),
        Filter("q", custom=availability.device_text),
    ),
    visible=everything,
)
"""Devices that the computer `cid`, which the caller sees, may use."""

AVAILABLE_LOGICAL = replace(
    LOGICAL,
    order=("device__name", "capability__name"),
    search=(),
    filters=(
        Filter("cid", custom=availability.logical_for),
        Filter("q", custom=availability.logical_text),
        *along(did="device__id"),
    ),
    visible=everything,
)
"""Logical devices that the computer `cid`, which the caller sees, may use or has."""

RESOURCES = (
    TYPES,
    MANUFACTURERS,
    CAPABILITIES,
    CONNECTIONS,
    MODELS,
    DRIVERS,
    DEVICES,
    LOGICAL,
)
