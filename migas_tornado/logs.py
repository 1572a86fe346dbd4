"""How log lines look: text for people, JSON for collectors; both carry key-value facts.

Lines that belong to a request or to the run of a job carry its id, in worker processes too.
"""

import json
import logging
import secrets
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="-")
"""Id of the request that is being answered, or of the run of a job."""


def new_request_id(kind: str = "") -> str:
    """Return an id that nothing else has, such as `job-5f2a...` for a run of a job."""
    return f"{kind}{'-' if kind else ''}{secrets.token_hex(8)}"


class TextFormatter(logging.Formatter):
    """A line for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s [%(request)s]: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for a record."""
        record.request = REQUEST_ID.get()
        return super().format(record)


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, logger, request, message and, if any, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for a record."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request": REQUEST_ID.get(),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configure_logging(log_format: str, log_level: str) -> None:
    """Send every log record to the standard error stream.

    Args:
        log_format: `text` or `json`.
        log_level: `debug`, `info`, `warning` or `error`.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    logging.basicConfig(level=log_level.upper(), handlers=[handler], force=True)
    # It warns of every job that is due while its last run still goes on, which is as intended.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # It warns, with a traceback, of each try to reach a database that is away; requests say so too.
    logging.getLogger("asyncpg").setLevel(logging.ERROR)
    logging.getLogger("tortoise").setLevel(logging.WARNING)
    logging.getLogger("aerich").setLevel(logging.WARNING)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
