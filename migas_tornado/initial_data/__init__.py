"""What a new server starts with; written once, when the database is empty.

Contract: data-model 10.
"""

import secrets
from pathlib import Path

from migas_tornado.accounts import rights
from migas_tornado.accounts.creation import add_account
from migas_tornado.accounts.passwords import hash_password
from migas_tornado.db import MIGRATION_LOCK, Connection, transaction
from migas_tornado.initial_data import rows
from migas_tornado.secrets_file import write_once

ADMINISTRATOR_FILE = "admin-password"


async def write_initial_data(admin_user: str, admin_password: str, data_dir: Path) -> str:
    """Write the initial records unless there are some.

    Args:
        admin_user: name of the first superuser.
        admin_password: his password; empty to have one made and kept in a file of mode 0600.
        data_dir: where that file is written.

    Returns:
        The password that was made, or an empty text when none was.
    """
    async with transaction() as database:
        await database.execute("SELECT pg_advisory_xact_lock($1)", MIGRATION_LOCK)
        if await database.fetchval("SELECT EXISTS (SELECT FROM core_property)"):
            return ""
        made = "" if admin_password else secrets.token_urlsafe(12)
        if made:
            (data_dir / ADMINISTRATOR_FILE).unlink(missing_ok=True)
            write_once(data_dir / ADMINISTRATOR_FILE, f"{made}\n")
        await _write_properties(database)
        await _write_schedules(database)
        await _write_fault_definitions(database)
        await _write_devices_and_categories(database)
        await _write_rights(database)
        await _write_accounts(database, admin_user, await hash_password(admin_password or made))
        return made


async def _write_properties(database: Connection) -> None:
    await database.executemany(
        "INSERT INTO core_property (prefix, name, sort, kind, language, code, enabled, auto_add) "
        "VALUES ($1, $2, $3, $4, $5, $6, true, true)",
        rows.properties(),
    )
    await database.execute(
        "INSERT INTO core_attribute (property_att_id, value, description) "
        "SELECT id, 'All Systems', '' FROM core_property WHERE prefix = 'SET'"
    )


async def _write_schedules(database: Connection) -> None:
    for name, duration in rows.SCHEDULES:
        delay = await database.fetchval(
            "WITH schedule AS (INSERT INTO core_schedule (name) VALUES ($1) RETURNING id) "
            "INSERT INTO core_scheduledelay (delay, duration, schedule_id) "
            "SELECT 0, $2, id FROM schedule RETURNING id",
            name,
            duration,
        )
        await database.execute(
            "INSERT INTO core_scheduledelay_attributes (scheduledelay_id, attribute_id) "
            "VALUES ($1, $2)",
            delay,
            rows.ALL_SYSTEMS,
        )


async def _write_fault_definitions(database: Connection) -> None:
    for name, description, code in rows.fault_definitions():
        await database.execute(
            "WITH definition AS ("
            "INSERT INTO client_faultdefinition (name, description, code, language, enabled) "
            "VALUES ($1, $2, $3, 0, true) RETURNING id) "
            "INSERT INTO client_faultdefinition_included_attributes "
            "(faultdefinition_id, attribute_id) SELECT id, $4 FROM definition",
            name,
            description,
            code,
            rows.ALL_SYSTEMS,
        )


async def _write_devices_and_categories(database: Connection) -> None:
    printer = await database.fetchval(
        "INSERT INTO device_type (name) VALUES ('PRINTER') RETURNING id"
    )
    await database.executemany(
        "INSERT INTO device_connection (name, fields, device_type_id) VALUES ($1, $2, $3)",
        [(name, fields, printer) for name, fields in rows.CONNECTIONS],
    )
    await database.executemany(
        "INSERT INTO device_capability (name) VALUES ($1)", [(name,) for name in rows.CAPABILITIES]
    )
    await database.executemany(
        "INSERT INTO app_catalog_category (name) VALUES ($1)", [(name,) for name in rows.CATEGORIES]
    )


async def _write_rights(database: Connection) -> None:
    await database.executemany(
        "INSERT INTO auth_permission (name, app_label, model, codename) VALUES ($1, $2, $3, $4)",
        [
            (f"Can {action} {name}", app, model, f"{action}_{model}")
            for app, models in rights.MODELS.items()
            for model, name in models.items()
            for action in rights.ACTIONS
        ],
    )
    for group, permissions in rights.GROUPS.items():
        key = await database.fetchval(
            "INSERT INTO auth_group (name) VALUES ($1) RETURNING id", group
        )
        await database.execute(
            "INSERT INTO auth_group_permissions (group_id, permission_id) "
            "SELECT $1, id FROM auth_permission "
            "WHERE (app_label, codename) IN (SELECT * FROM unnest($2::text[], $3::text[]))",
            key,
            [app for _, app, _ in permissions],
            [f"{action}_{model}" for action, _, model in permissions],
        )


async def _write_accounts(database: Connection, admin_user: str, admin_hash: str) -> None:
    await add_account(database, admin_user, admin_hash, is_superuser=True, is_staff=True)
    for username, groups in rights.ACCOUNTS.items():
        is_staff = username != rights.PLAY_ACCOUNT
        key = await add_account(database, username, "", is_superuser=False, is_staff=is_staff)
        await database.execute(
            "INSERT INTO auth_user_groups (user_id, group_id) "
            "SELECT $1, id FROM auth_group WHERE name = ANY($2::text[])",
            key,
            list(groups),
        )
        if username == rights.PLAY_ACCOUNT:
            action, app, model = rights.PLAY_RIGHT
            await database.execute(
                "INSERT INTO auth_user_user_permissions (user_id, permission_id) "
                "SELECT $1, id FROM auth_permission WHERE app_label = $2 AND codename = $3",
                key,
                app,
                f"{action}_{model}",
            )
