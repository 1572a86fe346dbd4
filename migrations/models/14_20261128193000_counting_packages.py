"""Triggers that keep the length of package histories, so that no list has to count them.

They replace those that counted the packages of computers by project alone. Synchronizations that
failed, which are few and looked for, get an index.
"""

from importlib import import_module

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
MODELS_STATE = import_module("migrations.models.13_20261128192614_lengths_of_lists").MODELS_STATE
"""The models are those of the migration before."""

FORMER = import_module("migrations.models.9_20261125025857_counting")

_ROWS = """
    SELECT computer_id, package_id, {sign} AS entries,
        CASE WHEN uninstall_date IS NULL THEN {sign} ELSE 0 END AS installed
    FROM {table}
"""
_SUMS = """
    SELECT r.computer_id, NULL::int AS project_id, sum(r.entries) AS entries,
        sum(r.installed) AS installed
    FROM ({rows}) r GROUP BY 1
    UNION ALL
    SELECT r.computer_id, k.project_id, sum(r.entries), sum(r.installed)
    FROM ({rows}) r JOIN core_package k ON k.id = r.package_id GROUP BY 1, 2
"""
_ADD = """
    INSERT INTO client_packagecount AS c (computer_id, project_id, entries, installed)
    SELECT s.computer_id, s.project_id, s.entries, s.installed FROM ({sums}) s ORDER BY 1, 2
    ON CONFLICT (computer_id, project_id) DO UPDATE
    SET entries = c.entries + excluded.entries, installed = c.installed + excluded.installed;
"""
# Where a computer goes, so do its counts: what is gone already must not be made anew.
_CHANGE = """
    UPDATE client_packagecount c
    SET entries = c.entries + s.entries, installed = c.installed + s.installed
    FROM ({sums}) s
    WHERE c.computer_id = s.computer_id AND c.project_id IS NOT DISTINCT FROM s.project_id
        AND (s.entries <> 0 OR s.installed <> 0);
"""
_COME = _ROWS.format(table="come", sign="1")
_GONE = _ROWS.format(table="gone", sign="-1")
_TRIGGERS = (
    ("added", "INSERT", "NEW TABLE AS come", _ADD, _COME),
    ("deleted", "DELETE", "OLD TABLE AS gone", _CHANGE, _GONE),
    ("changed", "UPDATE", "NEW TABLE AS come OLD TABLE AS gone", _CHANGE,
     f"{_COME} UNION ALL {_GONE}"),
)  # fmt: skip
"""Name, what sets it off, the rows that it sees, what it does, and with which of them."""

_TRIGGER = """
CREATE FUNCTION migas_count_packages_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {statement}
    RETURN NULL;
END $$;
CREATE TRIGGER count_{name} AFTER {event} ON client_packagehistory REFERENCING {tables}
    FOR EACH STATEMENT EXECUTE FUNCTION migas_count_packages_{name}();
"""
_INDEXES = """
CREATE UNIQUE INDEX packagecount_computer ON client_packagecount (computer_id, project_id)
    NULLS NOT DISTINCT;
CREATE INDEX packagecount_project
    ON client_packagecount (project_id, computer_id) INCLUDE (entries, installed);
CREATE INDEX synchronization_failed ON client_synchronization (created_at, id)
    WHERE NOT pms_status_ok;
"""
_KIND = "packagehistory"


async def upgrade(db: BaseDBAsyncClient) -> str:
    statements = [
        f"DROP TRIGGER count_added ON client_{_KIND};"
        f"DROP TRIGGER count_deleted ON client_{_KIND};"
        f"DROP FUNCTION migas_count_{_KIND}();"
        f"DELETE FROM client_computereventcount WHERE kind = '{_KIND}';",
        _INDEXES,
        _ADD.format(sums=_SUMS.format(rows=_ROWS.format(table=f"client_{_KIND}", sign="1"))),
    ]
    for name, event, tables, statement, rows in _TRIGGERS:
        sums = _SUMS.format(rows=rows)
        statements.append(
            _TRIGGER.format(
                name=name, event=event, tables=tables, statement=statement.format(sums=sums)
            )
        )
    return "".join(statements)


async def downgrade(db: BaseDBAsyncClient) -> str:
    dropped = "".join(
        f"DROP TRIGGER count_{name} ON client_{_KIND};DROP FUNCTION migas_count_packages_{name}();"
        for name, *_ in _TRIGGERS
    )
    return (
        f"{dropped}DROP INDEX packagecount_computer, packagecount_project, synchronization_failed;"
        f"DELETE FROM client_packagecount;{FORMER.counted(_KIND)}"
    )
