"""The codes by which agents of protocol 4 know what became of a call. Contract: agent-v4 3."""

from enum import IntEnum
from typing import Any

from migas_tornado.errors import MigasError


class Code(IntEnum):
    """What became of a call."""

    OK = 0
    CANNOT_REGISTER = 2
    GET_NOT_ALLOWED = 3
    COMMAND_NOT_FOUND = 4
    INVALID_SIGNATURE = 5
    COMPUTER_NOT_FOUND = 6
    PROJECT_NOT_FOUND = 8
    NO_PERMISSION = 9
    UNSUBSCRIBED = 10
    GENERIC = 100


TEXTS = {
    Code.OK: "No errors",
    Code.CANNOT_REGISTER: "Cannot register computer",
    Code.GET_NOT_ALLOWED: "Method GET not allowed",
    Code.COMMAND_NOT_FOUND: "Command not found",
    Code.INVALID_SIGNATURE: "Invalid Signature",
    Code.COMPUTER_NOT_FOUND: "Computer not found",
    Code.PROJECT_NOT_FOUND: "Project not found",
    Code.NO_PERMISSION: "User does not have permission",
    Code.UNSUBSCRIBED: "Unsubscribed computer",
    Code.GENERIC: "Generic error",
}


class RefusedCallError(MigasError):
    """A call is answered with a code, and changed nothing.

    Attributes:
        code: what the agent acts on.
    """

    def __init__(self, code: Code, text: str = "") -> None:
        super().__init__(text or TEXTS[code])
        self.code = code


def errmfs(code: Code, text: str = "") -> dict[str, Any]:
    """Return the answer that a code is."""
    return {"errmfs": {"code": int(code), "info": text or TEXTS[code]}}
