"""Queries and their answers.

Parsing, checking and putting answers together happen in threads of their own, so that the event
loop goes on with other requests; a root field asks the event loop for its records.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLResolveInfo,
    execute_sync,
    parse,
    validate,
)

from migas_tornado.errors import ForbiddenError, InvalidDataError, TooLargeError
from migas_tornado.graph.limits import MOST_BYTES, MOST_TOKENS, check_limits
from migas_tornado.graph.reading import Asking
from migas_tornado.graph.schema import schema

MOST_VALUES = 100_000
"""Fields of all records of an answer together."""
MOST_ERRORS = 20
SECONDS = 60.0
"""After which the records of a root field are no longer waited for."""

Read = Callable[[Asking], Awaitable[Sequence[str]]]

_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="graphql")


@dataclass(frozen=True, slots=True)
class Question:
    """A query as it was sent."""

    query: str
    variables: dict[str, Any]
    operation: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a query."""

    content: bytes
    """JSON: data, errors, or both."""
    is_refusal: bool
    """Whether the query was not executed."""


class _TooManyValues(BaseException):
    """Ends an execution; an ordinary error would only end one field of it."""


async def answer(question: Question, asking: Asking) -> Reply:
    """Return the answer to a query.

    Raises:
        InvalidDataError: it exceeds a limit, or the arguments of a root field cannot be used.
        TooLargeError: the answer would be too large.
    """
    loop = asyncio.get_running_loop()

    def wait_for(read: Read) -> Sequence[str]:
        return asyncio.run_coroutine_threadsafe(read(asking), loop).result(SECONDS)

    return await loop.run_in_executor(_THREADS, partial(_answered, question, wait_for))


def _answered(question: Question, wait_for: Callable[[Read], Sequence[str]]) -> Reply:
    try:
        document = _parsed(question.query)
        check_limits(document)
        errors = validate(schema(), document, max_errors=MOST_ERRORS, hide_suggestions=True)
        if errors:
            return _refusal(errors)
        return _reply(_executed(document, question, wait_for))
    except GraphQLError as error:
        return _refusal([error])
    except RecursionError as error:
        raise InvalidDataError("The query is nested too deeply.") from error


def _parsed(query: str) -> DocumentNode:
    if len(query.encode(errors="replace")) > MOST_BYTES:
        raise InvalidDataError(f"A query may have at most {MOST_BYTES} bytes.")
    return parse(query, no_location=False, max_tokens=MOST_TOKENS, allow_empty_selection_sets=False)


def _executed(
    document: DocumentNode, question: Question, wait_for: Callable[[Read], Sequence[str]]
) -> ExecutionResult:
    values = 0

    def counted(resolve: Any, source: Any, info: GraphQLResolveInfo, **given: Any) -> Any:
        nonlocal values
        values += 1
        if values > MOST_VALUES:
            raise _TooManyValues
        return resolve(source, info, **given)

    try:
        return execute_sync(
            schema(),
            document,
            variable_values=question.variables,
            operation_name=question.operation,
            context_value=wait_for,
            middleware=[counted],
            max_coercion_errors=MOST_ERRORS,
            hide_suggestions=True,
        )
    except _TooManyValues as error:
        raise TooLargeError(
            f"An answer may have at most {MOST_VALUES} values; ask for fewer records or fields."
        ) from error


def _reply(result: ExecutionResult) -> Reply:
    errors = result.errors or []
    for error in errors:
        cause = error.original_error
        if isinstance(cause, Exception) and not isinstance(cause, ForbiddenError | GraphQLError):
            raise cause
    if result.data is None:
        return _refusal(errors)
    content: dict[str, Any] = {"data": result.data}
    if errors:
        content["errors"] = [error.formatted for error in errors]
    return Reply(orjson.dumps(content), is_refusal=False)


def _refusal(errors: Sequence[GraphQLError]) -> Reply:
    content = {"errors": [error.formatted for error in errors]}
    return Reply(orjson.dumps(content), is_refusal=True)
