"""The settings of a server: read from `MIGAS_*` environment variables, checked, and frozen."""

import ipaddress
import os
import re
import secrets
import socket
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from environs import Env, EnvError

from migas_tornado.errors import ConfigurationError
from migas_tornado.external_actions import ExternalActions, parse_external_actions

MEBIBYTE = 1024 * 1024
LANGUAGES = ("en", "es", "fr")
MTLS_MODES = ("off", "optional", "required")
LOG_FORMATS = ("text", "json")
LOG_LEVELS = ("debug", "info", "warning", "error")
SEARCH_FIELDS = ("id", "name", "uuid", "ip_address", "fqdn")

SERVER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_-]{0,99}")
HOST_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
LOOPBACK = ("127.0.0.1", "::1")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class LegacyAgents(StrEnum):
    """Which computers of protocol 4 are answered."""

    ON = "on"
    KNOWN = "known"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server needs to know before it starts. README.md has a row for each."""

    host: str
    port: int
    data_dir: Path
    database_url: str
    database_connections: int
    redis_url: str
    secret_key: str
    admin_user: str
    admin_password: str
    time_zone: ZoneInfo
    language: str
    organization: str
    contact: str
    trusted_proxies: tuple[Network, ...]
    autoregister: bool
    mtls: str
    fqdn: str
    ca_passphrase: str
    ca_passphrase_file: Path | None
    certificate_days: int
    tls_ca_file: Path | None
    legacy_agents: LegacyAgents
    legacy_replace_packages: bool
    keys_only_over_https: bool
    enforce_view_permissions: bool
    dashboard: bool
    helpdesk: str
    external_actions: ExternalActions
    computer_search_field: str
    default_computer_status: str
    hardware_days: int
    notify_changes: bool
    max_message_bytes: int
    max_upload_bytes: int
    publish_delay: float
    server_names: tuple[str, ...]
    external_networks: tuple[Network, ...]
    external_max_bytes: int
    external_seconds: int
    external_silence_seconds: int
    external_fetches: int
    external_cache_bytes: int
    external_cache_days: int
    anonymous_calls_per_minute: int
    user_calls_per_minute: int
    failed_logins_per_minute: int
    alerts_anonymous: bool
    allowed_origins: tuple[str, ...]
    sockets_per_address: int
    sockets_per_user: int
    socket_ping_seconds: int
    keep_synchronizations_days: int
    """This and the following: 0 keeps for ever."""
    keep_checked_errors_days: int
    keep_checked_faults_days: int
    keep_checked_notifications_days: int
    keep_messages_days: int
    keep_status_logs_days: int
    keep_package_history_days: int
    metrics_networks: tuple[Network, ...]
    metrics_token: str
    least_free_bytes: int
    workers: int
    log_format: str
    log_level: str

    @property
    def public_dir(self) -> Path:
        """Everything below it is served at `/public/` without authentication."""
        return self.data_dir / "public"

    @property
    def keys_dir(self) -> Path:
        """RSA key pairs and the repository key; mode 0700."""
        return self.data_dir / "keys"

    @property
    def authority_dir(self) -> Path:
        """The site's own certificate authority, its key encrypted."""
        return self.keys_dir / "authority"

    @property
    def certificates_dir(self) -> Path:
        """What a proxy reads: the authority's certificate and the list of revoked ones."""
        return self.data_dir / "certificates"

    @property
    def store_dir(self) -> Path:
        """Package files under their SHA-256, never served from here by name."""
        return self.data_dir / "store"

    @property
    def postgres_dir(self) -> Path:
        """Data directory of the embedded PostgreSQL."""
        return self.data_dir / "postgres"


def load_settings() -> Settings:
    """Read and check every setting, without touching the disk.

    Raises:
        ConfigurationError: naming the variable, what it holds and what it may hold.
    """
    env = Env(prefix="MIGAS_")
    try:
        return Settings(
            host=env.str("HOST", "127.0.0.1"),
            port=_number(env, "PORT", 2345, 0, 65535),
            data_dir=Path(env.str("DATA_DIR", "data")).expanduser().absolute(),
            database_url=_database_url(env),
            database_connections=_number(env, "DATABASE_CONNECTIONS", 8, 2, 200),
            redis_url=_redis_url(env),
            secret_key=_secret_key(env),
            admin_user=env.str("ADMIN_USER", "admin"),
            admin_password=env.str("ADMIN_PASSWORD", ""),
            time_zone=_time_zone(env),
            language=_choice(env, "LANGUAGE", "en", LANGUAGES),
            organization=env.str("ORGANIZATION", "My Organization"),
            contact=env.str("CONTACT", ""),
            trusted_proxies=_networks(env, "TRUSTED_PROXIES"),
            autoregister=env.bool("AUTOREGISTER", True),
            mtls=_choice(env, "MTLS", "off", MTLS_MODES),
            fqdn=_host_name(env, "FQDN"),
            ca_passphrase=env.str("CA_PASSPHRASE", ""),
            ca_passphrase_file=_file(env.str("CA_PASSPHRASE_FILE", "")),
            certificate_days=_number(env, "CERTIFICATE_DAYS", 7305, 1, 7305),
            tls_ca_file=_file(env.str("TLS_CA_FILE", "")),
            legacy_agents=LegacyAgents(
                _choice(env, "LEGACY_AGENTS", LegacyAgents.ON, tuple(LegacyAgents))
            ),
            legacy_replace_packages=env.bool("LEGACY_REPLACE_PACKAGES", False),
            keys_only_over_https=env.bool("KEYS_ONLY_OVER_HTTPS", False),
            enforce_view_permissions=env.bool("ENFORCE_VIEW_PERMISSIONS", False),
            dashboard=env.bool("DASHBOARD", True),
            helpdesk=env.str("HELPDESK", "Put here how to reach your help desk"),
            external_actions=parse_external_actions(env.str("EXTERNAL_ACTIONS", "")),
            computer_search_field=_choice(env, "COMPUTER_SEARCH_FIELD", "id", SEARCH_FIELDS),
            default_computer_status=_choice(
                env,
                "DEFAULT_COMPUTER_STATUS",
                "assigned",
                ("assigned", "reserved", "unknown", "in repair", "available"),
            ),
            hardware_days=_number(env, "HARDWARE_DAYS", 30, 0, 3650),
            notify_changes=env.bool("NOTIFY_CHANGES", False),
            max_message_bytes=_number(env, "MAX_MESSAGE_MIB", 32, 1, 1024) * MEBIBYTE,
            max_upload_bytes=_number(env, "MAX_UPLOAD_MIB", 4096, 1, 1024 * 1024) * MEBIBYTE,
            publish_delay=float(_number(env, "PUBLISH_DELAY_MS", 500, 0, 60_000)) / 1000,
            server_names=_server_names(env),
            external_networks=_networks(env, "EXTERNAL_NETWORKS", ()),
            external_max_bytes=_number(env, "EXTERNAL_MAX_MIB", 4096, 1, 1024 * 1024) * MEBIBYTE,
            external_seconds=_number(env, "EXTERNAL_SECONDS", 3600, 1, 86_400),
            external_silence_seconds=_number(env, "EXTERNAL_SILENCE_SECONDS", 30, 1, 3600),
            external_fetches=_number(env, "EXTERNAL_FETCHES", 32, 1, 1000),
            external_cache_bytes=_number(env, "EXTERNAL_CACHE_GIB", 0, 0, 10**6) * 1024 * MEBIBYTE,
            external_cache_days=_number(env, "EXTERNAL_CACHE_DAYS", 90, 0, 36_500),
            anonymous_calls_per_minute=_number(env, "ANONYMOUS_CALLS_PER_MINUTE", 100, 0, 10**6),
            user_calls_per_minute=_number(env, "USER_CALLS_PER_MINUTE", 1000, 0, 10**6),
            failed_logins_per_minute=_number(env, "FAILED_LOGINS_PER_MINUTE", 10, 0, 10**6),
            alerts_anonymous=env.bool("ALERTS_ANONYMOUS", True),
            allowed_origins=_origins(env, "ALLOWED_ORIGINS"),
            sockets_per_address=_number(env, "SOCKETS_PER_ADDRESS", 100, 0, 10**6),
            sockets_per_user=_number(env, "SOCKETS_PER_USER", 20, 0, 10**6),
            socket_ping_seconds=_number(env, "SOCKET_PING_SECONDS", 30, 1, 3600),
            keep_synchronizations_days=_days(env, "KEEP_SYNCHRONIZATIONS_DAYS", 0),
            keep_checked_errors_days=_days(env, "KEEP_CHECKED_ERRORS_DAYS", 365),
            keep_checked_faults_days=_days(env, "KEEP_CHECKED_FAULTS_DAYS", 365),
            keep_checked_notifications_days=_days(env, "KEEP_CHECKED_NOTIFICATIONS_DAYS", 365),
            keep_messages_days=_days(env, "KEEP_MESSAGES_DAYS", 30),
            keep_status_logs_days=_days(env, "KEEP_STATUS_LOGS_DAYS", 0),
            keep_package_history_days=_days(env, "KEEP_PACKAGE_HISTORY_DAYS", 0),
            metrics_networks=_networks(env, "METRICS_NETWORKS"),
            metrics_token=env.str("METRICS_TOKEN", ""),
            least_free_bytes=_number(env, "LEAST_FREE_MIB", 100, 0, 1024 * 1024) * MEBIBYTE,
            workers=_number(env, "WORKERS", max(1, (os.cpu_count() or 2) // 2), 1, 64),
            log_format=_choice(env, "LOG_FORMAT", "text", LOG_FORMATS),
            log_level=_choice(env, "LOG_LEVEL", "info", LOG_LEVELS),
        )
    except EnvError as error:
        raise ConfigurationError(str(error)) from error


def _number(env: Env, name: str, default: int, least: int, most: int) -> int:
    value = env.int(name, default)
    if not least <= value <= most:
        raise ConfigurationError(
            f"MIGAS_{name} is {value}; it must be a whole number from {least} to {most}."
        )
    return value


def _days(env: Env, name: str, default: int) -> int:
    return _number(env, name, default, 0, 36_500)


def _choice(env: Env, name: str, default: str, choices: tuple[str, ...]) -> str:
    value = env.str(name, default)
    if value not in choices:
        raise ConfigurationError(
            f"MIGAS_{name} is {value!r}; it must be one of {', '.join(choices)}."
        )
    return value


def _database_url(env: Env) -> str:
    url = env.str("DATABASE_URL", "")
    if url and not url.startswith(("postgres://", "postgresql://")):
        raise ConfigurationError(
            "MIGAS_DATABASE_URL must look like postgresql://user:password@host:5432/database, "
            "or be empty for the embedded PostgreSQL."
        )
    return url


def _redis_url(env: Env) -> str:
    url = env.str("REDIS_URL", "")
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise ConfigurationError(
            "MIGAS_REDIS_URL must look like redis://host:6379/0, "
            "or be empty for the bus inside the process."
        )
    return url


def _host_name(env: Env, name: str) -> str:
    value = env.str(name, "")
    if value and not HOST_NAME.fullmatch(value):
        raise ConfigurationError(
            f"MIGAS_{name} is {value!r}; it must be a host name such as migas.example.org, "
            "or be empty for the name of this machine."
        )
    return value


def _file(path: str) -> Path | None:
    return Path(path).expanduser().absolute() if path else None


def _secret_key(env: Env) -> str:
    key = env.str("SECRET_KEY", "")
    if key and len(key) < 32:
        raise ConfigurationError(
            "MIGAS_SECRET_KEY is shorter than 32 characters; "
            f"a good one is {secrets.token_urlsafe(48)!r}, or leave it empty to have one made."
        )
    return key


def _time_zone(env: Env) -> ZoneInfo:
    name = env.str("TIME_ZONE", "UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError(
            f"MIGAS_TIME_ZONE is {name!r}; it must be a name such as Europe/Madrid or UTC."
        ) from error


def _networks(env: Env, name: str, default: tuple[str, ...] = LOOPBACK) -> tuple[Network, ...]:
    networks = []
    for text in env.list(name, list(default)):
        try:
            networks.append(ipaddress.ip_network(text.strip(), strict=False))
        except ValueError as error:
            raise ConfigurationError(
                f"MIGAS_{name} holds {text!r}; it must be a comma-separated list of addresses "
                "or networks such as 10.0.0.0/8."
            ) from error
    return tuple(networks)


def _origins(env: Env, name: str) -> tuple[str, ...]:
    origins = []
    for text in filter(None, (one.strip() for one in env.list(name, []))):
        parts = urlsplit(text)
        is_origin = parts.scheme in ("http", "https") and parts.netloc and not parts.path
        if text != "*" and not (is_origin and not parts.query and not parts.fragment):
            raise ConfigurationError(
                f"MIGAS_{name} holds {text!r}; it must be a comma-separated list of origins such "
                "as https://fleet.example.org, or *."
            )
        origins.append(text.lower())
    return tuple(origins)


def _server_names(env: Env) -> tuple[str, ...]:
    names = [text.strip() for text in env.list("SERVER_NAMES", [])]
    for name in names:
        if SERVER_NAME.fullmatch(name) is None:
            raise ConfigurationError(
                f"MIGAS_SERVER_NAMES holds {name!r}; it must be a comma-separated list of the "
                "names or addresses that agents have as their Server, such as server.example.org."
            )
    return tuple(dict.fromkeys(names or (socket.gethostname(), "localhost")))
