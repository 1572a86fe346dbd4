"""`/metrics` for Prometheus: what this process has answered, and how it is."""

import hmac
import ipaddress
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from tornado.web import RequestHandler

from handlers.base import BaseHandler
from handlers.services import Services
from migas_tornado.bus import Channel, Message
from migas_tornado.db import LENDING, pool_use
from migas_tornado.errors import ForbiddenError
from migas_tornado.resources.openapi.templates import templates

REQUEST_BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # seconds
LAG_BUCKETS = (0.001, 0.005, 0.02, 0.05, 0.1, 0.5, 2.0)  # seconds
UNKNOWN = "unknown"
"""Route of a request for a path that does not exist."""

Route = tuple[Any, ...]


class RouteNames:
    """Finds the template of the route that a request took, without its ids and names.

    Args:
        table: as `handlers.routes.routes` returns it.
    """

    def __init__(self, table: Iterable[Route]) -> None:
        self._expressions: dict[_Key, list[str]] = {}
        # Filled as requests come: for all routes at once it would hold up the start.
        self._found: dict[_Key, list[tuple[re.Pattern[str], str]]] = {}
        for expression, handler, *options in table:
            key = _key(handler, options[0] if options else {})
            self._expressions.setdefault(key, []).append(expression)

    def of(self, handler: RequestHandler) -> str:
        """Return the template of the route that a handler answers."""
        key = _key(type(handler), {"resource": getattr(handler, "resource", None)})
        if key not in self._found:
            self._found[key] = [_named(one) for one in self._expressions.get(key, [])]
        candidates = self._found[key]
        path = handler.request.path
        for expression, name in candidates:
            if len(candidates) == 1 or expression.match(path):
                return name or path  # a route without a name lists the paths that it takes
        return UNKNOWN


_Key = tuple[type, str]


def _named(expression: str) -> tuple[re.Pattern[str], str]:
    names = templates(expression) or [expression]
    has_no_part = len(names) > 1 and not any("{" in name for name in names)
    return re.compile(f"{expression}$"), "" if has_no_part else "|".join(names)


def _key(handler: type, options: dict[str, Any]) -> _Key:
    resource = options.get("resource")
    return handler, resource.path if resource is not None else ""


class Metrics:
    """What a server counts.

    Args:
        services: the parts of the server.
        table: its routes.
    """

    def __init__(self, services: Services, table: Iterable[Route]) -> None:
        self.registry = CollectorRegistry()
        self._routes = RouteNames(table)
        self._requests = Counter(
            "migas_requests",
            "Requests answered",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "migas_request_seconds",
            "Time from the first byte of a request to the last of its answer",
            ("method", "route"),
            buckets=REQUEST_BUCKETS,
            registry=self.registry,
        )
        lag = Histogram(
            "migas_event_loop_lag_seconds",
            "By how much the event loop came too late",
            buckets=LAG_BUCKETS,
            registry=self.registry,
        )
        self._builds = Counter(
            "migas_builds", "Builds that ended here", ("kind", "state"), registry=self.registry
        )
        services.load.observers.append(lag.observe)
        services.bus.listen(Channel.BUILDS, self._count_build)
        self.registry.register(_Parts(services))
        ProcessCollector(registry=self.registry)

    def count_request(self, handler: RequestHandler) -> None:
        """Count a request that was answered."""
        method = handler.request.method or ""
        if method not in RequestHandler.SUPPORTED_METHODS:
            method = UNKNOWN
        route = self._routes.of(handler)
        self._requests.labels(method, route, handler.get_status()).inc()
        self._seconds.labels(method, route).observe(handler.request.request_time())

    def _count_build(self, message: Message) -> None:
        state = message.content.get("state")
        if message.is_own and state in ("done", "failed"):
            self._builds.labels(message.content.get("kind", ""), state).inc()


class _Parts(Collector):
    """Reads the parts of the server when somebody asks."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterable[Metric]:
        bus, load, pool = self._services.bus, self._services.load, pool_use()
        yield CounterMetricFamily(
            "migas_synchronizations",
            "Synchronizations that were stored by this process",
            bus.published[Channel.SYNCHRONIZATIONS],
        )
        published = CounterMetricFamily(
            "migas_bus_published", "Messages published by this process", labels=("channel",)
        )
        for channel in Channel:
            published.add_metric((channel.value,), bus.published[channel])
        yield published
        yield CounterMetricFamily(
            "migas_bus_received", "Messages delivered in this process", bus.received
        )
        yield CounterMetricFamily(
            "migas_bus_dropped", "Messages for which a buffer had no room", bus.dropped
        )
        for name, text, value in (
            ("migas_bus_connected", "Whether the bus reaches other replicas", bus.is_connected),
            ("migas_requests_running", "Requests being answered", len(self._services.requests)),
            ("migas_sockets", "WebSockets that are open", len(self._services.listeners)),
            ("migas_leader", "Whether this replica runs the periodic jobs", load.is_leading),
            ("migas_pool_workers", "Worker processes that there may be", load.pool_workers),
            ("migas_pool_running", "Calls that run in worker processes", load.pool_running),
            ("migas_pool_queue", "Calls that wait for a worker process", load.pool_queue),
            ("migas_database_connections", "Connections to the database", pool.open),
            ("migas_database_connections_idle", "Those that nobody uses", pool.idle),
            ("migas_database_connections_max", "Those that there may be", pool.most),
            ("migas_database_waiting", "Who waits for a connection", LENDING.waits),
            (
                "migas_database_wait_seconds",
                "Longest recent wait for a connection",
                load.database_wait,
            ),
        ):
            yield GaugeMetricFamily(name, text, float(value))


class MetricsHandler(BaseHandler):
    """`/metrics`: for addresses of the settings, or whoever has the token of the settings."""

    documentation = None

    async def get(self) -> None:
        if not (self._is_allowed_address() or self._has_token()):
            raise ForbiddenError(
                "Metrics are only for the addresses in MIGAS_METRICS_NETWORKS, "
                "and for who has MIGAS_METRICS_TOKEN."
            )
        self.set_status(HTTPStatus.OK)
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.finish(generate_latest(self.application.settings["metrics"].registry))

    def _is_allowed_address(self) -> bool:
        try:
            address = ipaddress.ip_address(self.address)
        except ValueError:
            return False
        return any(address in network for network in self.services.settings.metrics_networks)

    def _has_token(self) -> bool:
        token = self.services.settings.metrics_token.encode()
        kind, _, given = self.request.headers.get("Authorization", "").partition(" ")
        given_bytes = given.strip().encode("utf-8", "surrogateescape")
        return bool(token) and kind.lower() == "bearer" and hmac.compare_digest(given_bytes, token)
