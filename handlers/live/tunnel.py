"""`/ws/tunnel/`: consoles of computers, which need a manager service. Contract: 5.2."""

from typing import ClassVar

from handlers.api.throttle import ThrottledError, neighbourhood
from handlers.live.login import login
from handlers.live.socket import TRY_AGAIN_LATER, SocketHandler
from migas_tornado.db import ABSENCES, connection
from migas_tornado.errors import NotAuthenticatedError
from migas_tornado.resources.openapi.calls import Operation
from migas_tornado.resources.visibility import sees_computer

INCOMPLETE = 4000
REFUSED = 4003
NO_MANAGER = 4004


class TunnelHandler(SocketHandler):
    """`/ws/tunnel/computers/{computer}/`: open a console of a computer by WebSocket."""

    documentation: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            answer={},
            status=101,
            errors=(400, 403, 404, 426, 429),
            query={
                "token": {"type": "string", "description": "API token."},
                "service": {"type": "string", "enum": ["ssh", "vnc", "exec"]},
                "user": {"type": "string"},
            },
            description=(
                "Accepted, and then closed: 4000 without token or service, 4003 for a token that "
                "is not valid or a computer that its account does not see, 4004 because there is "
                "no manager service."
            ),
        )
    }

    async def open(self, computer: str) -> None:
        super().open()
        token = self.get_query_argument("token", "")
        if not token or not self.get_query_argument("service", ""):
            self.close(INCOMPLETE, "A token and a service are needed.")
            return
        try:
            async with connection() as database:
                found = await login(database, self.services.signer, token)
                is_visible = await sees_computer(database, found.caller, int(computer))
        except NotAuthenticatedError as error:
            self._refuse(str(error))
            return
        except ABSENCES:
            self.close(TRY_AGAIN_LATER, "The database does not answer.")
            return
        if is_visible:
            self.close(NO_MANAGER, "There is no manager service.")
        else:
            self.close(REFUSED, "This computer is not visible to you.")

    def _refuse(self, words: str) -> None:
        place = f"anonymous {neighbourhood(self.address)}"
        try:
            self.services.throttle.take(self.services.settings.anonymous_calls_per_minute, place)
        except ThrottledError as error:
            self.close(TRY_AGAIN_LATER, error.log_message)
        else:
            self.close(REFUSED, words)
