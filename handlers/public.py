"""Facts about this server that anybody may know. Contract: agent-v5 4.

Dashboards ask it before anybody has signed in, perhaps from another origin.
"""

from handlers.cross_origin import CrossOriginHandler
from migas_tornado import __version__
from migas_tornado.models.enumerations import Language
from migas_tornado.pms import systems

PROTOCOL_VERSION = "5.0"


class ServerInfoHandler(CrossOriginHandler):
    """`server/info/`: who runs this."""

    async def get(self) -> None:
        settings = self.services.settings
        self.answer(
            {
                "version": PROTOCOL_VERSION,
                "author": ["The migas-tornado engineers"],
                "contact": settings.contact,
                "homepage": "",
                "organization": settings.organization,
                "server": f"migas-tornado {__version__}",
            }
        )

    post = get


class PmsHandler(CrossOriginHandler):
    """`pms/`: the package management systems."""

    async def get(self) -> None:
        self.answer(
            {
                system.name: {
                    "module": system.module,
                    "mimetype": system.mimetypes,
                    "extensions": system.extensions,
                    "architectures": system.architectures,
                }
                for system in systems().values()
            }
        )

    post = get


class LanguagesHandler(CrossOriginHandler):
    """`languages/`: of formulas and fault definitions."""

    async def get(self) -> None:
        self.answer({str(language.value): language.name.lower() for language in Language})

    post = get
