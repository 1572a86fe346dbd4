"""GraphQL, read-only. Contract: admin-api 3, decisions."""

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson

from handlers.api.base import ApiHandler
from handlers.base import status_of
from migas_tornado.errors import InvalidDataError, TooLargeError
from migas_tornado.resources.openapi.calls import JSON, Operation

if TYPE_CHECKING:
    from migas_tornado.graph.answering import Question

BODY_BYTES = 256 * 1024

_TEXT = {"type": "string"}
_OBJECT = {"type": "object"}
_ANSWER = {
    "type": "object",
    "properties": {"data": _OBJECT, "errors": {"type": "array", "items": _OBJECT}},
}
_NAMES = ("query", "variables", "operationName")


class GraphqlHandler(ApiHandler):
    """`/graphql`: the records that lists show, with the members that the caller selects."""

    documentation = {  # noqa: RUF012
        "get": Operation(
            "Ask in GraphQL",
            description="`variables` is a JSON object.",
            answer=_ANSWER,
            query=dict.fromkeys(_NAMES, _TEXT),
            errors=(400, 413),
        ),
        "post": Operation(
            "Ask in GraphQL, with a long query",
            answer=_ANSWER,
            body={
                "type": "object",
                "properties": {
                    "query": _TEXT,
                    "variables": {"type": ["object", "null"]},
                    "operationName": {"type": ["string", "null"]},
                },
                "required": ["query"],
            },
            body_types=(JSON,),
            errors=(400, 413),
        ),
    }

    @property
    def body_limit(self) -> int:
        return BODY_BYTES

    async def get(self) -> None:
        await self._answer(self.query())

    head = get

    async def post(self) -> None:
        await self._answer(self.data())

    async def _answer(self, sent: Any) -> None:
        await asyncio.to_thread(_load)
        from migas_tornado.graph.answering import answer
        from migas_tornado.graph.reading import Asking

        asking = Asking(self.caller, self.view, self.services.settings)
        reply = await answer(_question(sent), asking)
        self.set_status(HTTPStatus.BAD_REQUEST if reply.is_refusal else HTTPStatus.OK)
        self.set_header("Content-Type", "application/json")
        self.finish(reply.content)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, InvalidDataError | TooLargeError):
            self.answer({"errors": _errors(error)}, status_of(error))
            return
        super().write_error(status_code, **kwargs)


def _load() -> None:
    """Load the library at the first question: few servers are asked, and all start sooner."""
    import migas_tornado.graph.answering  # noqa: F401


def _question(sent: Any) -> "Question":
    from migas_tornado.graph.answering import Question

    if not isinstance(sent, dict):
        raise InvalidDataError("An object with a query is expected.")
    query, variables, operation = (sent.get(name) for name in _NAMES)
    if isinstance(variables, str):
        try:
            variables = orjson.loads(variables or "{}")
        except orjson.JSONDecodeError as error:
            raise InvalidDataError({"variables": ["Value must be valid JSON."]}) from error
    if not isinstance(query, str) or not query.strip():
        raise InvalidDataError({"query": ["This field is required."]})
    if not isinstance(variables or {}, dict):
        raise InvalidDataError({"variables": ["Invalid data. Expected a dictionary."]})
    if not isinstance(operation or "", str):
        raise InvalidDataError({"operationName": ["Not a valid string."]})
    return Question(query, variables or {}, operation or None)


def _errors(error: InvalidDataError | TooLargeError) -> list[dict[str, str]]:
    detail = error.detail if isinstance(error, InvalidDataError) else str(error)
    if isinstance(detail, str):
        return [{"message": detail}]
    return [
        {"message": f"{name}: {text}"}
        for name, texts in detail.items()
        for text in ([texts] if isinstance(texts, str) else texts)
    ]


ROUTES = ((r"/graphql/?", GraphqlHandler),)
