"""Whether a computer may synchronize now. Contract: enrolment-and-proxy 6."""

import logging
from http import HTTPStatus

from handlers.base import BaseHandler
from migas_tornado.saturation import retry_after, saturated_by

log = logging.getLogger(__name__)


class AvailabilityHandler(BaseHandler):
    """`public/synchronizations/availability/`: here without mTLS too, because load is not about it.

    Nobody has to ask; whoever does gets a yes, unless this replica is measurably late.
    """

    async def post(self) -> None:
        reason = saturated_by(self.services.load)
        if not reason:
            self.answer({"status": "ok"}, HTTPStatus.OK)
            return
        log.warning("agents are sent away: saturated=%s", reason)
        seconds = retry_after()
        self.set_header("Retry-After", str(seconds))
        self.answer({"status": "saturated", "retry_after": seconds}, HTTPStatus.TOO_MANY_REQUESTS)
