"""`/health/`: for whoever starts and watches the server."""

import asyncio
import shutil
from http import HTTPStatus
from typing import Any

import asyncpg

from handlers.base import BaseHandler
from migas_tornado import db
from migas_tornado.saturation import QUEUED_CALLS_PER_WORKER

ANSWER_SECONDS = 2.0
"""A part that does not answer for so long is not there."""
MEBIBYTE = 1024 * 1024

OK, DEGRADED, UNAVAILABLE = "ok", "degraded", "unavailable"

Part = dict[str, Any]


class LiveHandler(BaseHandler):
    """`/health/live`: whether the process answers at all."""

    async def get(self) -> None:
        self.answer({"status": OK})

    head = get


class CheckHandler(BaseHandler):
    """`/check`: the same for those who watch a server of files. Contract: enrolment-and-proxy 7."""

    documentation = None

    async def get(self) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("ok")

    head = get


class ReadyHandler(BaseHandler):
    """`/health/ready`: whether requests can be served, and how each part is.

    Without Redis, and with a long queue for the worker processes, everything still works.
    """

    async def get(self) -> None:
        database, disk = await asyncio.gather(_database(), self._disk())
        parts = {"database": database, "bus": self._bus(), "disk": disk, "pool": self._pool()}
        states = {part["status"] for part in parts.values()}
        worst = next((state for state in (UNAVAILABLE, DEGRADED) if state in states), OK)
        status = HTTPStatus.SERVICE_UNAVAILABLE if worst == UNAVAILABLE else HTTPStatus.OK
        self.answer({"status": worst, **parts}, status)

    head = get

    def _bus(self) -> Part:
        settings, bus = self.services.settings, self.services.bus
        kind = "redis" if settings.redis_url else "local"
        return {"status": OK if bus.is_connected else DEGRADED, "kind": kind}

    async def _disk(self) -> Part:
        settings = self.services.settings
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                use = await asyncio.to_thread(shutil.disk_usage, settings.data_dir)
        except OSError:
            return {"status": UNAVAILABLE}
        has_room = use.free >= settings.least_free_bytes
        return {"status": OK if has_room else UNAVAILABLE, "free_mib": use.free // MEBIBYTE}

    def _pool(self) -> Part:
        load = self.services.load
        is_busy = load.pool_queue > QUEUED_CALLS_PER_WORKER * load.pool_workers
        return {
            "status": DEGRADED if is_busy else OK,
            "workers": load.pool_workers,
            "queue": load.pool_queue,
        }


async def _database() -> Part:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await db.ask()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return {"status": UNAVAILABLE}
    return {"status": OK}
