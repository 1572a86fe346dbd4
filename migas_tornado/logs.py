"""How log lines look: text for people, JSON for collectors; both carry key-value facts."""

import json
import logging
import sys
from datetime import UTC, datetime


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, logger, message and, if any, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for a record."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
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
    if log_format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    logging.basicConfig(level=log_level.upper(), handlers=[handler], force=True)
    # It warns of every job that is due while its last run still goes on, which is as intended.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("tortoise").setLevel(logging.WARNING)
    logging.getLogger("aerich").setLevel(logging.WARNING)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
