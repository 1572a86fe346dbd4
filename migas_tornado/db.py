"""The connection to PostgreSQL, shared by Tortoise and by our own SQL, and its migration.

Ordinary reads and writes use the models. Where set-at-a-time SQL is the right tool, a module takes
an asyncpg connection from `connection` or `transaction`; both come from the one pool.
"""

import asyncio
import logging
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from tortoise import Tortoise, connections

import migrations
from migas_tornado.errors import ConfigurationError
from migas_tornado.models import MODULES

log = logging.getLogger(__name__)

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy


class LentConnection(asyncpg.Connection):
    """A connection that keeps what is to be done once what was written on it is stored, or not."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.outbox: list[Callable[[], None]] = []
        self.undoing: list[Callable[[], None]] = []


MIGRATION_LOCK = 0x6D696761_00000001
"""Advisory lock of whoever migrates, so that replicas that start together do not race."""

ABSENCES = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
"""What is raised while PostgreSQL is away, or has no room; the same may work a moment later."""

DEAD_PEER = {
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "2",
}
"""How soon PostgreSQL notices that the machine at the other end is gone: within 4 seconds."""

REACH_SECONDS = 10
"""How long a new connection may take before PostgreSQL counts as away."""

IDLE_SECONDS = 300
"""After how long PostgreSQL undoes a transaction in which nothing happens.

Otherwise a replica that stands still, or a reader of an export that does not go on, would keep what
it has locked from all others.
"""

CONNECT_SECONDS = 30
"""How long a starting server waits for a PostgreSQL that is itself starting."""


class DatabaseAwayError(ConnectionError):
    """PostgreSQL cannot be reached now."""


class Lending:
    """How the pool lends its connections: who waits for one, and for how long."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, float]] = deque(maxlen=1000)
        self.waits = 0
        """Who waits now."""

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count and time a wait."""
        began = time.monotonic()
        self.waits += 1
        try:
            yield
        finally:
            self.waits -= 1
            now = time.monotonic()
            self._recent.append((now, now - began))

    def longest_wait(self, seconds: float) -> float:
        """Return the longest of the waits that ended in the last seconds."""
        since = time.monotonic() - seconds
        return max((wait for moment, wait in self._recent if moment >= since), default=0.0)


LENDING = Lending()


@dataclass(frozen=True, slots=True)
class PoolUse:
    """The connections of the pool."""

    open: int
    idle: int
    most: int


def pool_use() -> PoolUse:
    """Return how many connections the pool has, and how many of them are lent to nobody."""
    pool = connections.get("default")._pool
    if pool is None:
        return PoolUse(0, 0, 0)
    return PoolUse(pool.get_size(), pool.get_idle_size(), pool.get_max_size())


def tortoise_config(credentials: dict[str, Any]) -> dict[str, Any]:
    """Return what Tortoise and aerich need to know, for the given asyncpg credentials."""
    return {
        "connections": {
            "default": {"engine": "tortoise.backends.asyncpg", "credentials": credentials}
        },
        "apps": {"models": {"models": list(MODULES), "default_connection": "default"}},
        "use_tz": True,
        "timezone": "UTC",
    }


OFFLINE_CONFIG = tortoise_config(
    {"host": "localhost", "port": 5432, "user": "migas", "password": "", "database": "migas"}
)
"""For `aerich migrate --offline`, which compares models with the last migration."""


def credentials_of(url: str) -> dict[str, Any]:
    """Split a `postgresql://` URL into asyncpg credentials; `host` and `sslmode` may be parameters.

    Raises:
        ConfigurationError: when the URL has no database or a port that is not a number.
    """
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    try:
        port = parts.port or 5432
    except ValueError as error:
        raise ConfigurationError("The port in MIGAS_DATABASE_URL is not a number.") from error
    database = unquote(parts.path.lstrip("/"))
    if not database:
        raise ConfigurationError("MIGAS_DATABASE_URL names no database after the last slash.")
    credentials: dict[str, Any] = {
        "host": query.get("host") or parts.hostname or "localhost",
        "port": port,
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password or ""),
        "database": database,
    }
    if mode := query.get("sslmode"):
        credentials["ssl"] = ssl.create_default_context() if mode == "verify-full" else mode
    return credentials


async def open_database(
    credentials: dict[str, Any], connection_count: int, time_zone: str = "UTC"
) -> None:
    """Open the pool and wait until PostgreSQL answers.

    Args:
        credentials: as `credentials_of` returns them.
        connection_count: at most so many connections.
        time_zone: in which PostgreSQL writes times as text.

    Raises:
        ConfigurationError: when it refuses or does not answer in time.
    """
    config = tortoise_config(
        {
            **credentials,
            "minsize": 1,
            "maxsize": connection_count,
            "application_name": "migas-tornado",
            "server_settings": {
                "timezone": time_zone,
                "idle_in_transaction_session_timeout": f"{1000 * IDLE_SECONDS}",
            },
            "connection_class": LentConnection,
            "timeout": REACH_SECONDS,
            # No code leaves anything in a session, so there is nothing to reset on release.
            "reset": _keep_session,
        }
    )
    await Tortoise.init(config=config, _enable_global_fallback=True)
    where = f"{credentials['host']}:{credentials['port']}/{credentials['database']}"
    for attempt in range(CONNECT_SECONDS):
        try:
            await ask()
            return
        except asyncpg.CannotConnectNowError:
            if attempt == CONNECT_SECONDS - 1:
                raise ConfigurationError(
                    f"The database {where} is still starting after {CONNECT_SECONDS} seconds."
                ) from None
            await asyncio.sleep(1)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise ConfigurationError(
                f"The database {where} cannot be reached: {error}. Check MIGAS_DATABASE_URL."
            ) from error


async def ask() -> None:
    """Ask PostgreSQL for a sign of life.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: there is none.
    """
    async with connection() as database:
        await database.execute("SELECT 1")


async def dedicated_connection(
    credentials: dict[str, Any], name: str, silence: float = 0
) -> asyncpg.Connection:
    """Open a connection outside the pool, for locks that last as long as it does.

    Args:
        credentials: as `credentials_of` returns them.
        name: what PostgreSQL shows its user for.
        silence: seconds without a word after which PostgreSQL ends it; 0 for never.
    """
    settings = {"application_name": name, "idle_session_timeout": f"{1000 * silence:.0f}"}
    return await asyncpg.connect(**credentials, server_settings=settings | DEAD_PEER)


async def close_database() -> None:
    """Close every connection, waiting for running statements."""
    await Tortoise.close_connections()


@asynccontextmanager
async def connection() -> AsyncIterator[Connection]:
    """Lend a connection on which each statement commits by itself."""
    lender = connections.get("default").acquire_connection()
    try:
        with LENDING.waiting():
            lent = await lender.__aenter__()
    except OSError as error:  # on a Unix socket, it is a file that is missing
        raise DatabaseAwayError(str(error)) from error
    try:
        lent.outbox.clear()
        lent.undoing.clear()
        yield lent
        actions = tuple(lent.outbox)
    finally:
        await lender.__aexit__(None, None, None)
    for action in actions:
        action()


@asynccontextmanager
async def transaction() -> AsyncIterator[Connection]:
    """Lend a connection inside a transaction that commits when the block ends without error."""
    async with connection() as lent, lent.transaction():
        try:
            yield lent
        except BaseException:
            for action in reversed(lent.undoing):
                action()
            raise


@asynccontextmanager
async def snapshot() -> AsyncIterator[Connection]:
    """Lend a connection for lists and figures: all its statements see one state of the database.

    Each is planned for the values that it is given: what is quick for a rare value may take
    seconds for one that the whole fleet has, and a plan for all values is a bet on rare ones.
    """
    async with connection() as lent, lent.transaction(isolation="repeatable_read", readonly=True):
        await lent.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        yield lent


def after_commit(database: Connection, action: Callable[[], None]) -> None:
    """Have a quick plain function called when the block that lent the connection has ended well.

    By then its transaction is stored; after an error in the block the function is not called.
    """
    database.outbox.append(action)


def before_rollback(database: Connection, action: Callable[[], None]) -> None:
    """Have a quick plain function called when the block that lent the transaction fails.

    Nobody else has the rows yet by then. Where the connection breaks while the transaction is being
    stored, the function is not called: whether it was stored, nobody knows.
    """
    database.undoing.append(action)


async def migrate() -> list[str]:
    """Bring the tables up to date; replicas that start together take turns.

    Returns:
        The migrations that were applied, oldest first.
    """
    async with connection() as guard:
        await guard.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        try:
            return await _apply_pending(guard)
        finally:
            await guard.execute("SELECT pg_advisory_unlock($1)", MIGRATION_LOCK)


async def _apply_pending(guard: Connection) -> list[str]:
    known = known_migrations()
    applied: set[str] = set()
    if await guard.fetchval("SELECT to_regclass('aerich') IS NOT NULL"):
        rows = await guard.fetch("SELECT version FROM aerich WHERE app = 'models'")
        applied = {row["version"] for row in rows}
    if known <= applied:
        return []
    # Imported only when needed: it brings a command line with it, which costs start-up time.
    from aerich import Command

    command = Command(OFFLINE_CONFIG, app="models", location=str(_migrations_directory()))
    from aerich.migrate import Migrate

    Migrate.migrate_location = Migrate.get_migration_dir(command.location, command.app)
    done = await command.upgrade(run_in_transaction=True)
    log.info("database migrated: %s", ", ".join(done))
    return done


def known_migrations() -> set[str]:
    """Return the migrations that this version has."""
    return {path.name for path in _migrations_directory().glob("models/[0-9]*_*.py")}


def _migrations_directory() -> Path:
    return Path(next(iter(migrations.__path__)))


async def _keep_session(_connection: Connection) -> None:
    """Stand in for asyncpg's session reset, which would cost a statement per use."""
