"""`/ws/stats/`: topics that an account subscribes to, as snapshots and small changes."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

import orjson
from tornado.web import HTTPError

from handlers.api.throttle import neighbourhood
from handlers.live.login import Login, login
from handlers.live.outlet import Outlet
from handlers.live.socket import NOT_AUTHENTICATED, TRY_AGAIN_LATER, SocketHandler
from handlers.live.subscription import Subscription
from migas_tornado.bus import Channel, Message
from migas_tornado.db import ABSENCES, connection
from migas_tornado.errors import (
    ForbiddenError,
    InvalidDataError,
    MigasError,
    NotAuthenticatedError,
    NotFoundError,
)
from migas_tornado.languages import translate
from migas_tornado.live.feed import Feed
from migas_tornado.live.topic import Topic, Viewer
from migas_tornado.resources.openapi.calls import Operation

LOGIN_SECONDS = 5.0
"""So long after connecting the token has to be there."""
CHECK_SECONDS = 60.0
"""The login is checked again after so long, though changes of accounts are told."""
MOST_WAITING = 50
"""Answers to somebody who asks and does not listen; then he is dropped."""
REASON_BYTES = 120
"""RFC 6455 5.5: a close frame has no room for more."""
DESCRIPTION = """
Every message is a JSON object with a `type`. The client first sends
`{"type": "auth", "token": "..."}` within 5 seconds, with an API token or a JWT access token, and is
answered `{"type": "ready", "account": "...", "topics": [...]}`; sending it again renews the login.
Then `{"type": "subscribe", "topic": "..."}` and `{"type": "unsubscribe", "topic": "..."}`.

Topics: `overview` (figures of the fleet), `syncs` (computers that synchronize now, by id), `builds`
(repositories that are built, by the deployment's id), `alerts` (those of the account, by kind).
Each begins with `{"type": "snapshot", "topic": "...", "state": {...}}`; then
`{"type": "change", "topic": "...", "set": {...}, "unset": [...]}` names only what is new, at most
once in a second. The account's domain and scope apply; when they change, a new snapshot comes.

Mistakes are answered `{"type": "error", "detail": "..."}`. Close codes: 4001 no login, or one that
expired or was revoked; 1013 too many connections; 1001 the server stops.
""".strip()


class StatsSocketHandler(SocketHandler):
    """`/ws/stats/`: follow topics by WebSocket."""

    documentation: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            answer={}, status=101, errors=(400, 403, 426, 429), description=DESCRIPTION
        )
    }
    _login: Login | None = None

    def begin(self) -> None:
        self._credential = ""
        self._subscriptions: dict[str, Subscription] = {}
        self._answers: deque[dict[str, Any]] = deque()
        self._outlet = Outlet(self.write_message, self._newest, self.drop)
        self._checking: asyncio.Task[None] | None = None
        self._timer = self._later(
            LOGIN_SECONDS, lambda: self._refuse("Authentication credentials were not provided.")
        )
        for channel in (Channel.ACCOUNTS, Channel.RESUMED):
            self.services.bus.listen(channel, self._heard)

    def end(self) -> None:
        self._timer.cancel()
        if self._checking is not None:
            self._checking.cancel()
        for channel in (Channel.ACCOUNTS, Channel.RESUMED):
            self.services.bus.unlisten(channel, self._heard)
        for subscription in self._subscriptions.values():
            self.services.feeds.unfollow(subscription.feed, self)
        self._subscriptions.clear()

    def changed(self, feed: Feed) -> None:
        """Send what is new, or remember to."""
        self._outlet.wake()

    async def on_message(self, message: str | bytes) -> None:
        try:
            await self._obey(_command(message))
        except NotAuthenticatedError as error:
            self._refuse(str(error))
        except (MigasError, HTTPError) as error:
            words = error.log_message if isinstance(error, HTTPError) else str(error)
            self._answer(type="error", detail=translate(words or "", self.language))
        except ABSENCES:
            self._answer(type="error", detail="The database does not answer; please try again.")

    async def _obey(self, command: dict[str, Any]) -> None:
        kind, settings = command["type"], self.services.settings
        if kind == "auth":
            await self._authenticate(command.get("token"))
            return
        if self._login is None:
            raise NotAuthenticatedError("Authentication credentials were not provided.")
        account = f"account {self._login.caller.id}"
        self.services.throttle.take(settings.user_calls_per_minute, account)
        if kind == "subscribe":
            self._subscribe(self._topic(command.get("topic")))
        elif kind == "unsubscribe":
            self._unsubscribe(self._topic(command.get("topic")))
        else:
            raise InvalidDataError("The type is auth, subscribe or unsubscribe.")

    async def _authenticate(self, token: Any) -> None:
        """Take a token; one of another account is refused."""
        settings = self.services.settings
        try:
            if not isinstance(token, str) or not token:
                raise NotAuthenticatedError("Authentication credentials were not provided.")
            async with connection() as database:
                found = await login(database, self.services.signer, token)
        except NotAuthenticatedError:
            place = f"anonymous {neighbourhood(self.address)}"
            self.services.throttle.take(settings.anonymous_calls_per_minute, place)
            raise
        if self._login is None:
            place = f"account {found.caller.id}"
            if not self.services.listeners.has_room(settings.sockets_per_user, place):
                self._refuse("This account has too many connections open.", TRY_AGAIN_LATER)
                return
            self.services.listeners.enter(self, place)
        elif found.caller.id != self._login.caller.id:
            raise NotAuthenticatedError("This connection belongs to another account.")
        self._credential = token
        self._admit(found)
        topics = sorted(self.services.feeds.topics)
        self._answer(type="ready", account=found.caller.username, topics=topics)

    def _admit(self, found: Login) -> None:
        """Go on with a login; subscriptions move to what it sees."""
        self._login = found
        self._timer.cancel()
        seconds = CHECK_SECONDS
        if found.expires_at is not None:
            left = (found.expires_at - datetime.now(UTC)).total_seconds()
            seconds = min(seconds, max(0.0, left) + 0.05)
        self._timer = self._later(seconds, self._check)
        for name, subscription in list(self._subscriptions.items()):
            topic = subscription.topic
            if not self._may_follow(topic):
                self._unsubscribe(topic)
                self._answer(type="error", detail=_FORBIDDEN.format(topic=name))
            elif topic.audience(self._viewer()) != subscription.audience:
                self._unsubscribe(topic)
                self._subscribe(topic)

    def _heard(self, message: Message) -> None:
        """Check the login when something about the account changed."""
        accounts = message.content.get("accounts")
        if self._login is not None and (accounts is None or self._login.caller.id in accounts):
            self._check()

    def _check(self) -> None:
        if self._checking is None or self._checking.done():
            self._checking = asyncio.create_task(self._check_login())

    async def _check_login(self) -> None:
        try:
            async with connection() as database:
                found = await login(database, self.services.signer, self._credential)
        except NotAuthenticatedError as error:
            self._refuse(str(error))
        except ABSENCES:
            self._timer.cancel()
            self._timer = self._later(1.0, self._check)
        else:
            self._admit(found)

    def _subscribe(self, topic: Topic) -> None:
        if not self._may_follow(topic):
            raise ForbiddenError(_FORBIDDEN.format(topic=topic.name))
        if topic.name in self._subscriptions:
            raise InvalidDataError(f"{topic.name} is subscribed to already.")
        viewer = self._viewer()
        feed = self.services.feeds.follow(topic, viewer, self)
        self._subscriptions[topic.name] = Subscription(topic, topic.audience(viewer), feed)
        self._outlet.wake()

    def _unsubscribe(self, topic: Topic) -> None:
        subscription = self._subscriptions.pop(topic.name, None)
        if subscription is not None:
            self.services.feeds.unfollow(subscription.feed, self)

    def _topic(self, name: Any) -> Topic:
        topics = self.services.feeds.topics
        if not isinstance(name, str) or name not in topics:
            raise NotFoundError(f"The topic is one of {', '.join(sorted(topics))}.")
        return topics[name]

    def _may_follow(self, topic: Topic) -> bool:
        is_enforced = self.services.settings.enforce_view_permissions
        if not is_enforced or not topic.permission or self._login is None:
            return True
        return self._login.caller.may(topic.permission)

    def _viewer(self) -> Viewer:
        settings = self.services.settings
        caller = self._login.caller if self._login else None
        return Viewer(caller, self.language, settings.time_zone)

    def _answer(self, **message: Any) -> None:
        if len(self._answers) >= MOST_WAITING:
            self.drop()
            return
        self._answers.append(message)
        self._outlet.wake()

    def _newest(self) -> str | None:
        """Return the next answer, or else the next news of a topic."""
        if self._answers:
            return orjson.dumps(self._answers.popleft()).decode()
        for subscription in self._subscriptions.values():
            text = subscription.news()
            if text is not None:
                return text
        return None

    def _refuse(self, words: str, code: int = NOT_AUTHENTICATED) -> None:
        """Say why, and end the connection."""
        words = translate(words, self.language)
        self._answer(type="error", detail=words)
        self.close(code, words.encode()[:REASON_BYTES].decode(errors="ignore"))

    def _later(self, seconds: float, action: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, action)


_FORBIDDEN = "Following {topic} needs the permission to view it."


def _command(message: str | bytes) -> dict[str, Any]:
    """Return what a client wants.

    Raises:
        InvalidDataError: it cannot be understood.
    """
    try:
        command = orjson.loads(message) if isinstance(message, str) else None
    except orjson.JSONDecodeError:
        command = None
    if not isinstance(command, dict) or not isinstance(command.get("type"), str):
        raise InvalidDataError('A JSON object with a "type" is expected.')
    return command
