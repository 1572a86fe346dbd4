"""Templates of projects, which the manager service keeps. Contract: admin-api 5.4.

There is no manager service here: what can be checked without it is, and then it is said so.
"""

from http import HTTPStatus
from typing import Any

from handlers.api.resources import ActionHandler
from migas_tornado.db import connection
from migas_tornado.enrolment.projects import is_name_taken
from migas_tornado.errors import InvalidDataError, NotFoundError, UnavailableError
from migas_tornado.resources.declared.projects import PROJECTS

TEMPLATES = "/api/v1/token/projects/templates"
NO_MANAGER = "Templates are kept by the manager service, which this server has none of."


class TemplatesHandler(ActionHandler):
    """`projects/templates/`: the templates that there are."""

    async def get(self) -> None:
        self.require_right("R")
        raise UnavailableError(NO_MANAGER)


class TemplateCall(ActionHandler):
    """What importing and exporting share."""

    def fields(self) -> dict[str, Any]:
        """Return the body.

        Raises:
            InvalidDataError: it is no object.
        """
        body = self.data()
        if not isinstance(body, dict):
            raise InvalidDataError({"non_field_errors": ["Invalid data. Expected a dictionary."]})
        return body

    async def is_missing(self, key: object) -> bool:
        """Answer 404 if the caller sees no project of that id, and tell whether that was so."""
        try:
            async with connection() as database:
                await self.find(database, str(key))
        except NotFoundError:
            text = f"Project with ID {key} does not exist"
            self.answer({"error": text}, HTTPStatus.NOT_FOUND)
            return True
        return False


class ImportHandler(TemplateCall):
    """`projects/templates/import/`: a project made or changed after a template."""

    async def post(self) -> None:
        self.require_right("C")
        body = self.fields()
        name, key = body.get("project_name"), body.get("project_id")
        if not body.get("template_id"):
            raise InvalidDataError({"error": "template_id is required"})
        if not name and not key:
            text = "Either project_name (to create a new project) or project_id is required"
            raise InvalidDataError({"error": text})
        if key:
            if await self.is_missing(key):
                return
        elif await is_name_taken(str(name)):
            raise InvalidDataError({"error": f"A project with name '{name}' already exists"})
        raise UnavailableError(NO_MANAGER)


class ExportHandler(TemplateCall):
    """`projects/templates/export/`: a template made of a project."""

    async def post(self) -> None:
        self.require_right("C")
        key = self.fields().get("project_id")
        if not key:
            raise InvalidDataError({"error": "project_id is required"})
        if not await self.is_missing(key):
            raise UnavailableError(NO_MANAGER)


ROUTES = (
    (rf"{TEMPLATES}/?", TemplatesHandler, PROJECTS),
    (rf"{TEMPLATES}/import/?", ImportHandler, PROJECTS),
    (rf"{TEMPLATES}/export/?", ExportHandler, PROJECTS),
)
