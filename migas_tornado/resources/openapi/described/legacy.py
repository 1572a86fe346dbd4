"""The calls of agents and packagers of protocol 4. Contract: agent-v4 3, 7."""

from typing import Any

from migas_tornado.resources.openapi.calls import FORM, MULTIPART, Operation

Schema = dict[str, Any]

PLAIN = ("text/plain",)
TEXT: Schema = {"type": "string"}
FILE: Schema = {"type": "string", "format": "binary"}
NAME: dict[str, Schema] = {"name": {**TEXT, "description": "What the computer is called."}}
SHOWN_ERRORS = (404, 429)
SHOWN: Schema = {
    "id": {"type": "integer"},
    "uuid": TEXT,
    "name": TEXT,
    "helpdesk": TEXT,
    "server": TEXT,
    "tags": {"type": "array", "items": TEXT},
    "available_tags": {"type": "object"},
    "search": {"type": ["integer", "string", "null"]},
}
MESSAGE: Schema = {
    "type": "object",
    "properties": {
        "message": {
            **FILE,
            "description": "JSON with one command and what it is given, and a signature of 256 "
            "bytes. The file is called computer, UUID and command, with dots between.",
        },
        "package": {**FILE, "description": "What a packager uploads."},
    },
    "required": ["message"],
}

OPERATIONS: dict[str, dict[str, Operation]] = {
    "/api/": {
        "post": Operation(
            "Take a message of protocol 4, and answer it",
            answer={**TEXT, "description": "JSON with a result or `errmfs`, and a signature."},
            body=MESSAGE,
            body_types=(MULTIPART,),
            content=PLAIN,
            errors=(404, 413, 429, 503),
            description="A command that cannot be carried out is answered with its code. 404 tells "
            "that agents of protocol 4 are not answered here.",
        )
    },
    "/api/v1/public/repository-url-template/": {
        "post": Operation(
            "Tell where agents of protocol 4 find repositories",
            answer=TEXT,
            body={"type": "object"},
            body_types=(FORM,),
            content=PLAIN,
            errors=(),
        )
    },
    "/get_key_repositories/": {
        "get": Operation(
            "Give the key that signs repositories", answer=TEXT, content=PLAIN, errors=()
        )
    },
    "/get_computer_info/": {
        "get": Operation(
            "Tell what stands on the label of a computer, and its tags",
            answer={"type": "object", "properties": SHOWN, "required": list(SHOWN)},
            query={"uuid": TEXT, **NAME},
            errors=SHOWN_ERRORS,
        )
    },
    "/computer/{id}/label/": {
        "get": Operation(
            "Give the label of a computer, a page to print",
            answer=TEXT,
            query=NAME,
            errors=SHOWN_ERRORS,
            content=("text/html",),
            description="The computer is found by its UUID, or else by its name.",
        )
    },
}
