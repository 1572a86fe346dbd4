"""What computers are doing now. Contract: admin-api 5.12, data-model 4.7."""

from migas_tornado.models.computers import LiveMessage
from migas_tornado.resources.declaration import Resource
from migas_tornado.resources.declared.shapes import COMPUTER
from migas_tornado.resources.filters import along, period, within
from migas_tornado.resources.shapes import Computed, One
from migas_tornado.resources.visibility import by_computer

_ID_NAME = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
}

MESSAGES = Resource(
    path="messages",
    title="message",
    model=LiveMessage,
    permission="",
    read=(
        Computed("id", "{t}.computer_id", {"type": "integer"}),
        Computed(
            "created_at",
            "replace(to_char({t}.created_at, 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '.000000', '')",
        ),
        One("computer", COMPUTER),
        Computed(
            "project",
            "(SELECT json_build_object('id', mp.id, 'name', mp.name) FROM client_computer mc "
            "JOIN core_project mp ON mp.id = mc.project_id WHERE mc.id = {t}.computer_id)",
            _ID_NAME,
        ),
        Computed(
            "user",
            "coalesce((SELECT json_build_object('id', mu.id, 'name', mu.name) "
            "FROM client_computer mc JOIN client_user mu ON mu.id = mc.sync_user_id "
            "WHERE mc.id = {t}.computer_id), json_build_object('id', 0, 'name', ''))",
            _ID_NAME,
        ),
        Computed("message", "{t}.text"),
    ),
    methods="LD",
    order=("-created_at",),
    ordered_by={"message": "{t}.text", "created_at": "{t}.created_at"},
    search=("text",),
    filters=(
        *within("id"),
        *period("created_at"),
        *along(
            project__id="computer__project__id",
            project__platform__id="computer__project__platform__id",
        ),
        *within("computer__id", "computer__status"),
    ),
    visible=by_computer("computer_id"),
    always="t.text <> ''",
    export_name="messages",
    text="{t}.text",
)

RESOURCES = (MESSAGES,)
