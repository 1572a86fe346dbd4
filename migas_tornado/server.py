"""The composition root: builds the parts of a server, starts and stops them in order."""

import asyncio
import fcntl
import logging
import os
import signal
import socket
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from handlers.base import NotFoundHandler
from handlers.metrics import Metrics
from handlers.plain_port import PlainHTTPServer
from handlers.routes import routes
from handlers.services import Services
from migas_tornado import db
from migas_tornado.accounts.jwt import TokenSigner
from migas_tornado.bus import Bus, Channel
from migas_tornado.certificates.office import CertificateOffice
from migas_tornado.embedded_postgres import EmbeddedPostgres
from migas_tornado.enrolment.project_places import restore_places
from migas_tornado.enrolment.projects import Projects
from migas_tornado.envelope import Sealers
from migas_tornado.errors import ConfigurationError
from migas_tornado.external.mirror import Mirror
from migas_tornado.initial_data import ADMINISTRATOR_FILE, write_initial_data
from migas_tornado.keys.accepted import Partners
from migas_tornado.keys.pairs import KeyRing
from migas_tornado.live.builds import BuildProgress
from migas_tornado.live.feeds import Feeds
from migas_tornado.live.topics import topics
from migas_tornado.load import Load
from migas_tornado.repositories.client_keys import ClientKeys
from migas_tornado.repositories.keys import RepositoryKey
from migas_tornado.repositories.publish import Publisher
from migas_tornado.repositories.uploads import Uploads
from migas_tornado.secrets_file import secret_key
from migas_tornado.settings import Settings
from migas_tornado.synchronization.messages import LiveMessages
from tasks.job_runs import LeaderJobs
from tasks.leader import Leader
from tasks.periodic import JobContext, periodic_jobs
from tasks.pool import WorkerPool
from tasks.publishing import Publishing
from tasks.scheduler import ADOPT_SECONDS, Scheduler

log = logging.getLogger(__name__)

STOP_SECONDS = 20
"""How long a stopping server waits for requests, and then for jobs."""
UNLIMITED = 2**50
"""Bytes; handlers have limits of their own, and say so when they are exceeded."""
HEADER_BYTES = 64 * 1024
BODY_SECONDS = 3600
LOCK_FILE = "lock"


class Server:
    """A whole server in this process.

    Args:
        settings: as `load_settings` returns them.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port = settings.port
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        """Start everything; when it returns, agents and people are answered.

        Raises:
            ConfigurationError: the machine or a setting does not allow it; nothing is left running.
        """
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise

    async def stop(self) -> None:
        """Finish the requests and jobs that run, and close everything."""
        await self._stack.aclose()

    async def _start(self) -> None:
        settings = self.settings
        _prepare_directories(settings)
        sockets = self._bind()
        storage = asyncio.ensure_future(open_storage(settings, self._stack))
        await asyncio.sleep(0)
        table = routes()  # which takes about as long as an embedded database takes to start
        credentials = await storage
        await restore_places(settings)
        bus = make_bus(settings)
        await bus.start()
        self._stack.push_async_callback(bus.stop)
        pool = WorkerPool(settings.workers, settings.log_format, settings.log_level)
        load = Load(pool.workers, lambda: pool.running)
        self._stack.push_async_callback(pool.close)
        services = await self._services(bus, pool, load)
        self._background(load.run())
        self._background(services.messages.run())
        self._background(services.repository_key.prepare())
        self._schedule(Publisher(settings, services.repository_key, pool.run), bus)
        jobs = LeaderJobs(periodic_jobs(), JobContext(settings, bus, pool.run))
        self._background(Leader(credentials, jobs.run, load).run())
        self._listen(services, sockets, table)

    async def _services(self, bus: Bus, pool: WorkerPool, load: Load) -> Services:
        """Return what handlers use."""
        settings = self.settings
        keys = KeyRing(settings.keys_dir)
        server_pair = await keys.server()
        repository_key = RepositoryKey(settings.keys_dir, settings.server_names)
        messages = LiveMessages()
        self._stack.push_async_callback(messages.flush)
        certificates = CertificateOffice(settings)
        if settings.mtls != "off":
            await certificates.publish()
        projects = Projects()
        for channel in (Channel.PROJECTS, Channel.RESUMED):
            bus.listen(channel, lambda _: projects.forget())
            bus.listen(channel, lambda _: keys.forget_projects())
        feeds = self._feeds(bus)
        mirror = Mirror(settings)
        self._stack.push_async_callback(mirror.close)
        return Services(
            settings=settings,
            bus=bus,
            keys=keys,
            server_pair=server_pair,
            partners=Partners(keys, settings.keys_dir, server_pair),
            sealers=Sealers(),
            projects=projects,
            messages=messages,
            repository_key=repository_key,
            client_keys=ClientKeys(repository_key),
            uploads=Uploads(settings, pool.run),
            mirror=mirror,
            signer=TokenSigner(settings.secret_key or secret_key(settings.data_dir)),
            feeds=feeds,
            certificates=certificates,
            load=load,
            run_in_pool=pool.run,
        )

    def _feeds(self, bus: Bus) -> Feeds:
        progress = BuildProgress()
        progress.listen(bus)
        feeds = Feeds(bus, topics(progress))
        feeds.start()
        self._stack.push_async_callback(feeds.stop)
        return feeds

    def _bind(self) -> list[socket.socket]:
        settings = self.settings
        try:
            sockets = bind_sockets(settings.port, settings.host)
        except OSError as error:
            raise ConfigurationError(
                f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}. "
                "Set MIGAS_HOST or MIGAS_PORT to one that is free, or stop who has it."
            ) from error
        for one in sockets:
            self._stack.callback(one.close)
        self.port = sockets[0].getsockname()[1]
        return sockets

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(_log_death)

        async def cancel() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        self._stack.push_async_callback(cancel)

    def _schedule(self, publisher: Publisher, bus: Bus) -> None:
        publishing = Publishing(publisher, bus)
        publishing.start()
        self._stack.push_async_callback(publishing.stop, STOP_SECONDS)
        scheduler = Scheduler()
        scheduler.every(ADOPT_SECONDS, "adopt deployments", publisher.adopt)
        scheduler.start()
        self._stack.push_async_callback(scheduler.stop, STOP_SECONDS)

    def _listen(
        self, services: Services, sockets: list[socket.socket], table: list[tuple[Any, ...]]
    ) -> None:
        application = Application(
            table,
            services=services,
            metrics=Metrics(services, table),
            default_handler_class=NotFoundHandler,
            log_function=_log_request,
        )
        http = PlainHTTPServer(
            application,
            max_body_size=UNLIMITED,
            max_header_size=HEADER_BYTES,
            body_timeout=BODY_SECONDS,
        )
        http.add_sockets(sockets)

        async def finish() -> None:
            http.stop()
            services.listeners.close_all()
            await services.requests.finished(STOP_SECONDS)
            await http.close_all_connections()

        self._stack.push_async_callback(finish)


def make_bus(settings: Settings) -> Bus:
    """Return the bus that the settings ask for, not started yet."""
    if not settings.redis_url:
        return Bus()
    # Imported only when needed: Redis's client takes long to load.
    from migas_tornado.redis_bus import RedisBus

    return RedisBus(settings.redis_url)


async def open_storage(
    settings: Settings, stack: AsyncExitStack, *, is_guest: bool = False
) -> dict[str, Any]:
    """Open the database, embedded or not, migrated and with its initial data.

    Args:
        settings: which database, and the first administrator.
        stack: gets what has to be closed.
        is_guest: whether an embedded database may be the one that a running server started.

    Returns:
        How to open another connection to it.

    Raises:
        ConfigurationError: it cannot be opened.
    """
    if settings.database_url:
        credentials = db.credentials_of(settings.database_url)
    else:
        credentials = await _embedded(settings, stack, is_guest=is_guest)
    await db.open_database(credentials, settings.database_connections, settings.time_zone.key)
    stack.push_async_callback(db.close_database)
    await db.migrate()
    password = await write_initial_data(
        settings.admin_user, settings.admin_password, settings.data_dir
    )
    if password:
        path = settings.data_dir / ADMINISTRATOR_FILE
        print(f"\n  First administrator: {settings.admin_user}  password: {password}")
        print(f"  (also kept in {path}, readable by you alone)\n", flush=True)
    return credentials


async def _embedded(
    settings: Settings, stack: AsyncExitStack, *, is_guest: bool
) -> dict[str, str | int]:
    postgres = EmbeddedPostgres(settings.postgres_dir)
    if not _lock_directory(settings, stack):
        if is_guest:
            return postgres.credentials()
        raise ConfigurationError(
            f"Another server uses the data directory {settings.data_dir}. Stop it, or set "
            "MIGAS_DATA_DIR; replicas need MIGAS_DATABASE_URL."
        )
    credentials = await asyncio.to_thread(postgres.start)
    stack.push_async_callback(asyncio.to_thread, postgres.stop)
    return credentials


def _prepare_directories(settings: Settings) -> None:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        for private in (settings.keys_dir, settings.store_dir):
            private.mkdir(mode=0o700, exist_ok=True)
        settings.public_dir.mkdir(exist_ok=True)
        if not settings.secret_key:
            secret_key(settings.data_dir)
        probe = settings.data_dir / ".writable"
        probe.touch()
        probe.unlink()
        _remove_old_drafts(settings.store_dir)
    except OSError as error:
        raise ConfigurationError(
            f"The data directory {settings.data_dir} cannot be used: {error.strerror} "
            f"({error.filename}). Set MIGAS_DATA_DIR to a directory that this user may write."
        ) from error


def _remove_old_drafts(store_dir: Path) -> None:
    """Remove what uploads left that were cut off; others may be under way at another replica."""
    for draft in store_dir.glob(".upload-*"):
        with suppress(FileNotFoundError):
            if time.time() - draft.stat().st_mtime > BODY_SECONDS:
                draft.unlink()


def _lock_directory(settings: Settings, stack: AsyncExitStack) -> bool:
    """Tell whether this process alone may start and stop the embedded database."""
    lock = os.open(settings.data_dir / LOCK_FILE, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    stack.callback(os.close, lock)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _log_death(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("a part of the server ended: %s", task.get_name(), exc_info=error)


def _log_request(handler: RequestHandler) -> None:
    handler.settings["metrics"].count_request(handler)
    request, status = handler.request, handler.get_status()
    # Why something is unavailable for a while was told already; nobody has to act on it.
    level = logging.ERROR if status >= 500 and status != 503 else logging.DEBUG
    log.log(
        level,
        "%s %s %s %s %.1f ms",
        status,
        request.method,
        request.path,
        request.remote_ip,
        1000 * request.request_time(),
    )


async def serve(settings: Settings) -> None:
    """Run a server until SIGTERM or SIGINT.

    Raises:
        ConfigurationError: it cannot start.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = Server(settings)
    await server.start()
    log.info("ready on http://%s:%d, data in %s", settings.host, server.port, settings.data_dir)
    await stop.wait()
    log.info("stopping")
    await server.stop()
    log.info("stopped")
