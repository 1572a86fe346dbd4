"""`/alerts/`: the alert list of the whole fleet, pushed. Contract: stats-and-websocket 5.1."""

from typing import ClassVar

import orjson

from handlers.live.outlet import Outlet
from handlers.live.socket import SocketHandler
from migas_tornado.alerts.kinds import in_order
from migas_tornado.errors import ForbiddenError
from migas_tornado.live.feed import Feed, Snapshot
from migas_tornado.live.topic import Values, Viewer
from migas_tornado.resources.openapi.calls import Operation

DESCRIPTION = """
For the dashboard, whose browser sends no token here: only numbers, no names. One text frame holds
the JSON array that `stats/alerts/` answers, for the whole fleet and in the server's language; the
first is sent on connecting, others when something changed. What a client sends is ignored.
""".strip()


class AlertsSocketHandler(SocketHandler):
    """`/alerts/`: follow the alerts of the whole fleet by WebSocket."""

    documentation: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            answer={}, status=101, errors=(400, 403, 426, 429), description=DESCRIPTION
        )
    }
    _feed: Feed | None = None
    _sent: Snapshot | None = None

    def prepare(self) -> None:
        super().prepare()
        if not self.services.settings.alerts_anonymous:
            raise ForbiddenError("Alerts need a login here: use /ws/stats/.")

    def begin(self) -> None:
        settings = self.services.settings
        self._outlet = Outlet(self.write_message, self._newest, self.drop)
        viewer = Viewer(None, settings.language, settings.time_zone)
        feeds = self.services.feeds
        self._feed = feeds.follow(feeds.topics["alerts"], viewer, self)

    def end(self) -> None:
        if self._feed is not None:
            self.services.feeds.unfollow(self._feed, self)

    def changed(self, feed: Feed) -> None:
        """Send the list, or remember to."""
        self._feed = feed
        self._outlet.wake()

    def _newest(self) -> str | None:
        if self._feed is None or self._feed.snapshot is self._sent:
            return None
        self._sent = self._feed.snapshot
        return self._sent.text("list", _listed) if self._sent else None


def _listed(alerts: Values) -> str:
    return orjson.dumps(in_order(dict(alerts))).decode()
