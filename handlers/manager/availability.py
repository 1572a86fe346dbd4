"""Whether a computer may synchronize now. Contract: enrolment-and-proxy 6."""

from http import HTTPStatus

from handlers.base import BaseHandler


class AvailabilityHandler(BaseHandler):
    """`public/synchronizations/availability/`: here without mTLS too, because load is not about it.

    Nobody has to ask; whoever does gets a yes, unless this replica is measurably late.
    """

    async def post(self) -> None:
        self.answer({"status": "ok"}, HTTPStatus.OK)
