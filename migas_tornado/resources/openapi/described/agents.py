"""The calls of agents and packagers, and what anybody may ask. Contract: agent-v5."""

from typing import Any

from migas_tornado.resources.openapi.calls import JSON, MULTIPART, Operation

Schema = dict[str, Any]

SAFE = "/api/v1/safe/"
PUBLIC = "/api/v1/public/"

TEXT: Schema = {"type": "string"}
TEXTS: Schema = {"type": "array", "items": TEXT}
REFUSED = (400, 401, 403, 404, 413)


def _object(*required: str, **members: Schema) -> Schema:
    return {"type": "object", "properties": members, "required": list(required or members)}


ENVELOPE: Schema = _object(
    "msg",
    msg={
        "type": "string",
        "description": "JWE in JSON or compact serialization, with the data and its signature.",
    },
    project={"type": "string", "description": "Name of the project whose key signs."},
)
SEALED: Schema = _object(msg={"type": "string", "description": "The answer, signed and encrypted."})


def _sealed(summary: str, status: int = 200) -> dict[str, Operation]:
    body = {**ENVELOPE, "required": ["msg", "project"]}
    operation = Operation(
        summary, answer=SEALED, status=status, body=body, body_types=(JSON,), errors=REFUSED
    )
    return {"post": operation}


def _upload(summary: str, *files: str) -> dict[str, Operation]:
    members = {name: {"type": "string", "format": "binary"} for name in files}
    body = {
        "type": "object",
        "properties": {"msg": TEXT, "project": TEXT, **members},
        "required": ["msg", "project"],
    }
    operation = Operation(
        summary, answer=SEALED, body=body, body_types=(MULTIPART,), errors=REFUSED
    )
    return {"post": operation}


def _both(summary: str, answer: Schema) -> dict[str, Operation]:
    return dict.fromkeys(("get", "post"), Operation(summary, answer=answer, errors=()))


ACCOUNT: Schema = {"username": TEXT, "password": TEXT}

HEALTH = {
    "get": Operation(
        "Tell whether the server lives, or is ready", answer=_object(status=TEXT), errors=(503,)
    )
}

OPERATIONS: dict[str, dict[str, Operation]] = {
    f"{SAFE}{path}/": _sealed(summary)
    for path, summary in {
        "computers/id": "Tell the id of a computer by its UUID",
        "computers/properties": "List the formulas that a computer computes",
        "computers/attributes": "Take the values of a computer's formulas",
        "computers/faults/definitions": "List the faults that a computer looks for",
        "computers/faults": "Take the faults that a computer found",
        "computers/errors": "Take the errors of a synchronization",
        "computers/repositories": "List the repositories of a computer",
        "computers/packages/mandatory": "List packages to install and to remove",
        "computers/software": "Take the packages of a computer",
        "computers/hardware/required": "Tell whether the hardware has to be sent",
        "computers/hardware": "Take the hardware of a computer",
        "computers/devices": "List the logical devices of a computer",
        "computers/traits": "List the attributes of a computer",
        "eot": "Note that a synchronization has ended",
        "computers/label": "Tell what stands on a computer's label",
        "computers/info": "Tell what is known of a computer",
        "computers/attributes/cid": "Tell the CID attribute of a computer",
        "computers/attributes/assigned": "List the attributes of a computer",
        "computers/tags/assigned": "List the tags of a computer",
        "computers/tags/available": "List the tags that a computer may have",
        "computers/tags": "Replace the tags of a computer",
        "catalog/categories": "List the categories of applications",
        "catalog/apps/available": "List the applications for a computer",
        "devices/devices/available": "List the devices for a computer",
        "devices/logical/available": "List the logical devices for a computer",
        "devices/logical/assign": "Give a logical device to a computer",
        "devices/logical/set-default": "Choose the default device of a computer",
        "devices/capabilities": "List the capabilities of devices",
        "packages/repos": "Have the repositories of a project published",
    }.items()
}
OPERATIONS |= {
    f"{SAFE}computers/": _sealed("Register a computer", 201),
    f"{SAFE}synchronizations/": _sealed("Record a synchronization", 201),
    f"{SAFE}packages/": _upload("Take a package", "file"),
    f"{SAFE}packages/set/": _upload("Take a package of a set", "file"),
    f"{PUBLIC}server/info/": _both(
        "Tell who runs this server",
        _object(
            version=TEXT, author=TEXTS, contact=TEXT, homepage=TEXT, organization=TEXT, server=TEXT
        ),
    ),
    f"{PUBLIC}pms/": _both(
        "List the package management systems",
        {
            "type": "object",
            "additionalProperties": _object(
                module=TEXT, mimetype=TEXTS, extensions=TEXTS, architectures=TEXTS
            ),
        },
    ),
    f"{PUBLIC}languages/": _both(
        "List the languages of formulas", {"type": "object", "additionalProperties": TEXT}
    ),
    f"{PUBLIC}keys/project/": {
        "post": Operation(
            "Give the keys of a project's computers to whoever may enrol them",
            answer=_object(**{"migasfree-server.pub": TEXT, "migasfree-client.pri": TEXT}),
            body=_object("project", **ACCOUNT, project=TEXT, pms=TEXT, platform=TEXT),
            errors=(400, 401, 403, 404, 413),
        )
    },
    f"{PUBLIC}keys/packager/": {
        "post": Operation(
            "Give the keys of packagers",
            answer=_object(**{"migasfree-server.pub": TEXT, "migasfree-packager.pri": TEXT}),
            body=_object(**ACCOUNT),
            errors=(400, 401, 403, 413),
        )
    },
    f"{PUBLIC}keys/repositories/": _both(
        "Give the key that signs repositories",
        {**_object(public_key=TEXT), "type": ["object", "string"]},
    ),
    "/health/live/": HEALTH,
    "/health/ready/": HEALTH,
    "/src/{path}": {
        "get": Operation(
            "Get a file of an upstream's repository",
            answer={"type": "string", "format": "binary"},
            content=("application/octet-stream",),
            errors=(),
        )
    },
    "/public/{path}": {
        "get": Operation(
            "Get a file of a repository",
            answer={"type": "string", "format": "binary"},
            content=("application/octet-stream",),
            errors=(),
        )
    },
}
