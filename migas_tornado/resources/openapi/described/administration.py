"""Calls about projects, packages, targets, accounts, devices, applications and images.

Contract: admin-api 5.2 - 5.9, 5.15 - 5.17; repositories 2, 8.
"""

from typing import Any

from migas_tornado.resources.openapi.calls import Operation
from migas_tornado.resources.openapi.described.forms import (
    COMPUTER,
    DETAIL,
    IDS,
    LABELS,
    TARGET,
    TEXT,
    WHOLE,
    array,
    page,
    record,
    whole,
)

Schema = dict[str, Any]

BASE = "/api/v1/token/"
DEPLOYMENTS = f"{BASE}deployments/internal-sources/"
OBJECT: Schema = {"type": "object"}
WRITES = (400, 409, 413)
EMPTY = ("text/html", "application/json")
MANAGER = (400, 409, 422, 503)
"""Refusals of calls that another service answers."""
SECRET: Schema = {"type": "string", "format": "password"}
AVAILABLE: dict[str, Schema] = {
    "cid": {"type": "integer", "description": "Id of the computer.", "required": True},
    "q": {"type": "string", "description": "Part of the name or of the description."},
    "page": {"type": ["integer", "string"]},
}


def _get(summary: str, answer: Schema, *errors: int, **query: Schema) -> dict[str, Operation]:
    return {"get": Operation(summary, answer=answer, errors=errors, query=query)}


def _post(
    summary: str, answer: Schema, body: Schema | None = None, *errors: int, **options: Any
) -> dict[str, Operation]:
    operation = Operation(summary, answer=answer, body=body, errors=(*WRITES, *errors), **options)
    return {"post": operation}


TARGETS: dict[str, dict[str, Operation]] = {
    f"{BASE}properties/kind/": _get("List the kinds of properties", LABELS),
    f"{BASE}tags/{{id}}/computers/": {
        "get": Operation(
            "List the computers with a tag",
            answer=whole(computers=array(COMPUTER), inflicted=array(COMPUTER)),
            errors=(),
        ),
        "patch": Operation(
            "Replace the computers with a tag",
            answer={},
            status=204,
            body=whole(computers=IDS),
            errors=WRITES,
        ),
    },
    f"{BASE}features/{{id}}/logical-devices/": {
        "get": Operation(
            "List the logical devices of a feature",
            answer=array(record("LogicalDevice")),
            errors=(),
        ),
        **{
            method: Operation(
                summary, answer={}, status=201, content=EMPTY, body=IDS, errors=WRITES
            )
            for method, summary in (
                ("patch", "Give a feature more logical devices"),
                ("put", "Replace the logical devices of a feature"),
            )
        },
    },
}

SOFTWARE: dict[str, dict[str, Operation]] = {
    f"{BASE}packages/orphan/": _get(
        "List the packages without store, set and deployment", array(record("Package"))
    ),
    f"{BASE}packages/{{id}}/info/": _get("Tell what is in a package", whole(data=TEXT), 400),
    f"{BASE}package-sets/{{id}}/copy/": _post(
        "Copy a package set", record("PackageSetWritten"), OBJECT
    ),
    f"{DEPLOYMENTS}generating/": _get(
        "List the deployments whose repositories are being published", array(OBJECT)
    ),
    f"{DEPLOYMENTS}{{id}}/metadata/": {
        method: Operation("Publish the repository of a deployment", answer=DETAIL)
        for method in ("get", "post")
    },
    f"{DEPLOYMENTS}{{id}}/copy/": _post("Copy a deployment", OBJECT, OBJECT),
    f"{BASE}catalog/apps/levels/": _get("List the levels of applications", LABELS),
    f"{BASE}catalog/apps/available/": _get(
        "List the applications for a computer",
        page(record("Application")),
        400,
        404,
        **AVAILABLE,
        category=WHOLE,
        level=TEXT,
    ),
}

SET_PASSWORD = Operation(
    "Set the password of an account",
    answer=DETAIL,
    body=whole(password=SECRET, password2=SECRET),
    errors=(400, 413),
)

ACCOUNTS: dict[str, dict[str, Operation]] = {
    f"{BASE}user-profiles/domain-admins/": _get(
        "List the administrators of domains", array(record("UserProfileDetail"))
    ),
    f"{BASE}user-profiles/{{id}}/update-token/": _post(
        "Make a new API token", whole(detail=TEXT, info=TEXT)
    ),
    f"{BASE}user-profiles/{{id}}/change-password/": {"post": SET_PASSWORD, "put": SET_PASSWORD},
}

DEVICES: dict[str, dict[str, Operation]] = {
    f"{BASE}devices/devices/available/": _get(
        "List the devices for a computer", page(record("Device")), 400, 404, **AVAILABLE
    ),
    f"{BASE}devices/logical/available/": _get(
        "List the logical devices for a computer",
        page(record("LogicalDevice")),
        400,
        404,
        **AVAILABLE,
        did={"type": "integer", "description": "Id of the device."},
    ),
    f"{BASE}devices/devices/{{id}}/replacement/": _post(
        "Put a device in another's place", {}, TARGET, content=EMPTY
    ),
}

IMAGES: dict[str, dict[str, Operation]] = {
    f"{BASE}projects/templates/": _get("List the templates of projects", {}, 400, 503, origin=TEXT),
    f"{BASE}projects/templates/import/": _post(
        "Make a project, or complete one, from a template",
        OBJECT,
        {
            **whole(template_id=TEXT, project_name=TEXT, project_id=WHOLE, origin=TEXT),
            "required": ["template_id"],
        },
        404,
        422,
        503,
    ),
    f"{BASE}projects/templates/export/": _post(
        "Make a template from a project", {}, whole(project_id=WHOLE), 404, 422, 503
    ),
    f"{BASE}mgi/release/{{id}}/build/": _post(
        "Build the images of a release", {}, None, 422, 503, status=202
    ),
    f"{BASE}mgi/build/{{id}}/status/": _get("Tell how far a build is", {}, *MANAGER),
    f"{BASE}mgi/build/{{id}}/logs/": _get("Read the log of a build", {}, *MANAGER, start=WHOLE),
    f"{BASE}mgi/build/{{id}}/publish/": _post("Publish an image", {}, None, 422, 503),
    f"{BASE}mgi/build/{{id}}/unpublish/": _post("Withdraw an image", {}, None, 422, 503),
}

OPERATIONS = TARGETS | SOFTWARE | ACCOUNTS | DEVICES | IMAGES
