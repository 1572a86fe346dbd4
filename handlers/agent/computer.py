"""What a person at a computer asks and chooses. Contract: agent-v5 7."""

from typing import Any

from handlers.agent.safe import Call, ComputerHandler
from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import Computer
from migas_tornado.enrolment.representation import info, label
from migas_tornado.synchronization.traits import assigned_attributes, cid_attribute
from migas_tornado.targeting.deployments import today
from migas_tornado.targeting.tags import assigned_tags, available_tags, set_tags


class LabelHandler(ComputerHandler):
    """`computers/label/`: what is printed on the label."""

    live_text = "Getting label..."

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        return await label(database, computer.id, self.services.settings)


class InfoHandler(ComputerHandler):
    """`computers/info/`: what the server knows in short."""

    live_text = "Getting info..."

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        return await info(database, computer.id, self.services.settings)


class CidAttributeHandler(ComputerHandler):
    """`computers/attributes/cid/`: the attribute that stands for the computer."""

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        return await cid_attribute(database, computer.id)


class AssignedAttributesHandler(ComputerHandler):
    """`computers/attributes/assigned/`: all its attributes."""

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        return await assigned_attributes(database, computer.id)


class AssignedTagsHandler(ComputerHandler):
    """`computers/tags/assigned/`: the tags it has."""

    live_text = "Getting assigned tags..."

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        return await assigned_tags(database, computer)


class AvailableTagsHandler(ComputerHandler):
    """`computers/tags/available/`: the tags it may have."""

    live_text = "Getting available tags..."

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        return await available_tags(database, computer)


class TagsHandler(ComputerHandler):
    """`computers/tags/`: the tags it wants."""

    writes = True
    live_text = "Setting tags..."

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        day = today(self.services.settings.time_zone)
        return await set_tags(database, computer, call.claims.get("tags"), day)
