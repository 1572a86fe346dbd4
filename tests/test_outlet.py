"""What one listener gets who is slow."""

import asyncio
from collections.abc import Callable

import pytest
from tornado.websocket import WebSocketClosedError

from handlers.live.outlet import Outlet


class Slow:
    """Takes messages when the test says so; `state` is what is newest."""

    def __init__(self) -> None:
        self.state, self.sent = 0, 0
        self.got: list[str] = []
        self.taken: list[asyncio.Future[None]] = []
        self.dropped = 0

    def newest(self) -> str | None:
        if self.sent == self.state:
            return None
        self.sent = self.state
        return str(self.state)

    def write(self, text: str) -> asyncio.Future[None]:
        self.got.append(text)
        self.taken.append(asyncio.get_running_loop().create_future())
        return self.taken[-1]

    def drop(self) -> None:
        self.dropped += 1

    async def take(self) -> None:
        self.taken[-1].set_result(None)
        await asyncio.sleep(0)
        await asyncio.sleep(0)


@pytest.fixture
def slow() -> Slow:
    return Slow()


def becomes(slow: Slow, outlet: Outlet) -> Callable[[int], None]:
    def change(state: int) -> None:
        slow.state = state
        outlet.wake()

    return change


async def test_the_newest_state_wins(slow):
    change = becomes(slow, Outlet(slow.write, slow.newest, slow.drop))
    for state in range(1, 100):
        change(state)
    assert slow.got == ["1"]
    await slow.take()
    assert slow.got == ["1", "99"]
    await slow.take()
    change(100)
    assert slow.got == ["1", "99", "100"]


async def test_who_takes_nothing_is_dropped(slow):
    change = becomes(slow, Outlet(slow.write, slow.newest, slow.drop, slow_seconds=0.05))
    change(1)
    await asyncio.sleep(0.2)
    assert slow.dropped == 1


async def test_who_is_quick_enough_is_not(slow):
    change = becomes(slow, Outlet(slow.write, slow.newest, slow.drop, slow_seconds=0.05))
    change(1)
    await slow.take()
    await asyncio.sleep(0.2)
    assert slow.dropped == 0


async def test_who_is_gone_gets_nothing_more(slow):
    def write(text: str) -> asyncio.Future[None]:
        raise WebSocketClosedError

    outlet = Outlet(write, slow.newest, slow.drop)
    slow.state = 1
    outlet.wake()
    slow.state = 2
    outlet.wake()
    assert slow.dropped == 0
