"""Who asks for the links of a record, and what he is offered with them. Contract: admin-api 6.1."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from migas_tornado.accounts.callers import Caller
from migas_tornado.external_actions import ExternalAction, ExternalActions
from migas_tornado.resources.declaration import Resource
from migas_tornado.resources.shapes import View


@dataclass(frozen=True, slots=True)
class Record:
    """A record that exists and that the caller sees."""

    resource: Resource
    key: int


@dataclass(frozen=True, slots=True)
class Asking:
    """What links depend on besides the record."""

    caller: Caller
    zone: ZoneInfo
    """In which times without a zone are read."""
    view: View
    may_read: Callable[[Resource], bool]
    """Whether the caller may read a resource at all."""
    actions: ExternalActions
    server: str
    """Host by which the caller reached this server."""

    def offered(self, record: Record, target: Resource) -> list[ExternalAction]:
        """Return what can be done from a record with the records of a list."""
        return [
            action
            for action in self.actions.get(entity(target), ())
            if action.related is None or entity(record.resource) in action.related
        ]

    def shown(self, record: Record, target: Resource, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Return the actions with certain records of a list, for the dashboard."""
        return [
            {
                "url": f"mea://{self._told(action, record, target, ids)}",
                "title": action.title,
                "description": action.description,
            }
            for action in self.offered(record, target)
            if action.many or len(ids) == 1
        ]

    def _told(
        self, action: ExternalAction, record: Record, target: Resource, ids: Sequence[int]
    ) -> str:
        content = {
            "name": action.name,
            "model": entity(record.resource),
            "id": record.key,
            "related_model": entity(target),
            "related_ids": list(ids),
            "server": self.server,
        }
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def entity(resource: Resource) -> str:
    """Return what the kind of record is called in permissions and in the setting of actions."""
    return resource.permission.rpartition(".")[2] or resource.path
