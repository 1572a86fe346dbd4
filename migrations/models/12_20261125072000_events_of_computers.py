"""The errors and faults of a part of the fleet are counted from an index of computers alone."""

from importlib import import_module

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
MODELS_STATE = import_module(
    "migrations.models.11_20261125033000_unchecked_notifications"
).MODELS_STATE
"""The models are those of the migration before."""

INDEXES = (
    ("idx_client_erro_compute_e0983b", "client_error", "project_id"),
    ("idx_client_faul_compute_d086ea", "client_fault", "project_id, fault_definition_id"),
)
"""Index that the model asks for, its table, and what else it holds from now on."""


async def upgrade(db: BaseDBAsyncClient) -> str:
    return "".join(
        f"DROP INDEX {name};"
        f"CREATE INDEX {name} ON {table} (computer_id, created_at) INCLUDE ({more});"
        for name, table, more in INDEXES
    )


async def downgrade(db: BaseDBAsyncClient) -> str:
    return "".join(
        f"DROP INDEX {name};CREATE INDEX {name} ON {table} (computer_id);"
        for name, table, _ in INDEXES
    )
