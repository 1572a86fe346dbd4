"""What administrators look for first, errors and faults that nobody checked, is found by index."""

from importlib import import_module

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
MODELS_STATE = import_module("migrations.models.2_20261124092235_several_tokens").MODELS_STATE
"""The models are those of the migration before."""


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
CREATE INDEX error_unchecked ON client_error (created_at, id) WHERE NOT checked;
CREATE INDEX fault_unchecked ON client_fault (created_at, id) WHERE NOT checked;
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return "DROP INDEX error_unchecked, fault_unchecked;"
