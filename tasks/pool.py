"""The processes that do what would keep the event loop from answering."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from migas_tornado.errors import UnavailableError
from migas_tornado.logs import REQUEST_ID, configure_logging

Result = TypeVar("Result")

STOP_SECONDS = 3
IDLE_SECONDS = 30
"""After so long without work the processes end, and their memory is free."""


class WorkerPool:
    """Runs plain functions in other processes, which it starts when there is work.

    A function has to be importable, and takes and returns what can be pickled.
    """

    def __init__(self, workers: int, log_format: str = "text", log_level: str = "info") -> None:
        self._logging = (log_format, log_level)
        self.workers = workers
        self._executor: ProcessPoolExecutor | None = None
        self.running = 0
        """Calls that run or wait."""
        self._idle_timer: asyncio.TimerHandle | None = None

    async def run(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Return what the function returns, or raise what it raises.

        Raises:
            UnavailableError: when the process died in the middle, as it does without memory.
        """
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self.workers,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin_worker,
                initargs=self._logging,
            )
        executor = self._executor
        self.running += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(
                executor, _in_worker, REQUEST_ID.get(), function, *arguments
            )
        except BrokenProcessPool as error:
            if self._executor is executor:
                self._executor = None
            raise UnavailableError("A worker process died; please try again.") from error
        finally:
            self.running -= 1
            if not self.running:
                self._idle_timer = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._rest)

    def _rest(self) -> None:
        if self._executor is not None and not self.running:
            self._executor.shutdown(wait=False)
            self._executor = None

    async def close(self) -> None:
        """Drop what has not begun, wait a little for what has, and end the processes.

        What is broken off leaves nothing half-done: it is begun again at the next start.
        """
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        executor, self._executor = self._executor, None
        if executor is None:
            return
        processes = list((executor._processes or {}).values())
        ended = asyncio.to_thread(executor.shutdown, wait=True, cancel_futures=True)
        task = asyncio.ensure_future(ended)
        if not (await asyncio.wait([task], timeout=STOP_SECONDS))[0]:
            for process in processes:
                process.terminate()
        await task


def _in_worker(request_id: str, function: Callable[..., Result], *arguments: object) -> Result:
    REQUEST_ID.set(request_id)
    return function(*arguments)


def _begin_worker(log_format: str, log_level: str) -> None:
    """Log as the server does, leave Ctrl-C to it, and end when it was killed."""
    configure_logging(log_format, log_level)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
