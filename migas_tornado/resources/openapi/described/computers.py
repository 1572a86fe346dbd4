"""Calls about computers and what happens on them. Contract: admin-api 5.10 - 5.14."""

from typing import Any

from migas_tornado.resources.openapi.calls import Operation
from migas_tornado.resources.openapi.described.forms import (
    COMPUTER,
    FLAG,
    ID_NAME,
    LABELS,
    LOGICAL_DEVICE,
    MAYBE_MOMENT,
    MAYBE_TEXT,
    MAYBE_WHOLE,
    PROJECT,
    TARGET,
    TEXT,
    WHOLE,
    array,
    optional,
    or_null,
    page,
    record,
    whole,
)

Schema = dict[str, Any]

BASE = "/api/v1/token/"
COMPUTERS = f"{BASE}computers/"
ONE = f"{COMPUTERS}{{id}}/"

TEXTS = array(TEXT)
CODES = array(TEXT)
EVENTS = whole(unchecked=WHOLE, total=WHOLE)
PACKAGE = whole(package=TEXT, name=TEXT, id=WHOLE)
PACKAGES = whole(install=array(PACKAGE), remove=array(PACKAGE))
INVENTORY = array(ID_NAME)
HISTORY: Schema = {
    "type": "object",
    "additionalProperties": array(
        whole(id=WHOLE, name=TEXT, mode={"type": "string", "enum": ["+", "-"]})
    ),
}
DAY: Schema = {"type": "string", "description": "A day as YYYY-MM-DD."}


def _get(summary: str, answer: Schema, *errors: int, **query: Schema) -> dict[str, Operation]:
    return {"get": Operation(summary, answer=answer, errors=errors, query=query)}


OPERATIONS: dict[str, dict[str, Operation]] = {
    f"{COMPUTERS}status/": _get(
        "List the statuses of computers",
        whole(
            choices=LABELS,
            productive=CODES,
            unproductive=CODES,
            active=CODES,
            subscribed=CODES,
            unsubscribed=CODES,
        ),
    ),
    f"{COMPUTERS}synchronizing/": _get(
        "List the computers that synchronize now", array(record("ComputerDetail"))
    ),
    f"{COMPUTERS}delayed/": _get(
        "List the computers that began to synchronize and stopped talking",
        array(record("ComputerDetail")),
    ),
    f"{ONE}devices/": _get(
        "List the logical devices of a computer",
        whole(
            default_logical_device=MAYBE_WHOLE,
            assigned_logical_devices_to_cid=array(LOGICAL_DEVICE),
            inflicted_logical_devices=array(LOGICAL_DEVICE),
        ),
    ),
    f"{ONE}label/": _get(
        "Tell what stands on a computer's label",
        whole(uuid=MAYBE_TEXT, name=MAYBE_TEXT, search=TEXT, helpdesk=TEXT),
    ),
    f"{ONE}errors/": _get("Count the errors of a computer", EVENTS),
    f"{ONE}faults/": _get("Count the faults of a computer", EVENTS),
    f"{ONE}sync/": _get(
        "Tell about the last synchronization of a computer",
        whole(
            sync_start_date=MAYBE_MOMENT,
            sync_end_date=MAYBE_MOMENT,
            sync_user=or_null(whole(id=WHOLE, name=TEXT, fullname=TEXT, __str__=TEXT)),
            sync_attributes=array({"type": "object"}),
        ),
    ),
    f"{ONE}sync/simulation/": _get(
        "Tell what a synchronization would do now",
        whole(
            deployments=array(whole(id=WHOLE, name=TEXT, source=TEXT)),
            fault_definitions=array(ID_NAME),
            packages=PACKAGES,
            policies=PACKAGES,
            capture_hardware=FLAG,
            logical_devices=array(LOGICAL_DEVICE),
            default_logical_device=WHOLE,
        ),
        400,
    ),
    f"{ONE}situation/": _get(
        "Tell project and status of a computer on a day",
        optional(
            {"type": "object", "properties": {}},
            platform=ID_NAME,
            project=PROJECT,
            status=TEXT,
        ),
        400,
        date=DAY,
    ),
    f"{ONE}remote-access/": _get(
        "Tell whether a computer can be reached from afar",
        optional(whole(status=TEXT), error=MAYBE_TEXT),
        503,
    ),
    f"{ONE}hardware/": _get("List the hardware of a computer", array({"type": "object"})),
    f"{ONE}software/inventory/": {
        "get": Operation("List the packages on a computer", answer=INVENTORY, errors=()),
        "delete": Operation("Forget the packages on a computer", answer=INVENTORY, errors=()),
    },
    f"{ONE}software/history/": {
        "get": Operation(
            "List when packages came to a computer and went", answer=HISTORY, errors=()
        ),
        "delete": Operation(
            "Forget when packages came and went",
            answer=HISTORY,
            query={"key": {"type": "string", "description": "One of the moments; else all."}},
        ),
    },
    f"{ONE}status/": {
        "post": Operation(
            "Give a computer another status",
            answer=record("ComputerDetail"),
            body=whole(status=TEXT),
            errors=(400, 409, 413),
        )
    },
    f"{ONE}replacement/": {
        "post": Operation(
            "Exchange what two computers are for",
            answer={},
            content=("text/html", "application/json"),
            body=TARGET,
            errors=(400, 409, 413),
        )
    },
    f"{BASE}faults/user/": _get(
        "List whose faults a list can be narrowed to", whole(choices=LABELS)
    ),
    f"{BASE}hardware/{{id}}/info/": _get(
        "Tell about a part of a computer's hardware",
        whole(
            name=MAYBE_TEXT,
            computer=COMPUTER,
            capability=array(whole(name=TEXT, description=MAYBE_TEXT)),
            logical_name=array(whole(name=TEXT)),
            configuration=array(whole(name=TEXT, value=MAYBE_TEXT)),
        ),
    ),
    f"{BASE}messages/": _get(
        "List what computers do now",
        page(
            whole(
                id=WHOLE,
                created_at=TEXT,
                computer=COMPUTER,
                project=ID_NAME,
                user=ID_NAME,
                message=TEXT,
            )
        ),
        400,
        404,
        page=WHOLE,
        page_size=WHOLE,
        search=TEXT,
        id__in=TEXT,
        project__id=WHOLE,
        created_at__gte=TEXT,
        created_at__lt=TEXT,
        computer__status__in=TEXT,
    ),
    f"{BASE}notifications/{{id}}/": {
        method: Operation(
            "Check a notification, or uncheck it",
            answer=whole(checked=FLAG),
            body={"type": "object", "properties": {"checked": FLAG}},
            errors=(400, 409, 413),
        )
        for method in ("put", "patch")
    },
    f"{BASE}messages/{{id}}/": {
        "delete": Operation("Forget a message", answer={}, status=204, errors=(400,))
    },
}
