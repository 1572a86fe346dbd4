"""Notifications that nobody checked, which alerts count, are found by index."""

from importlib import import_module

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
MODELS_STATE = import_module(
    "migrations.models.10_20261125030453_projects_that_computers_ask_for"
).MODELS_STATE
"""The models are those of the migration before."""


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
CREATE INDEX notification_unchecked ON client_notification (created_at, id) WHERE NOT checked;
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return "DROP INDEX notification_unchecked;"
