"""Triggers that keep the sums behind the statistics, and indexes for those without a sum.

Whatever writes events or deletes them, also by cascade, the sums follow in the same transaction.
They count days in the session's time zone, which is the server's in every session of its own.
"""

from importlib import import_module

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
MODELS_STATE = import_module("migrations.models.8_20261125025857_statistics_counters").MODELS_STATE

SLOTS = 4
NO_MONTH = "DATE '2000-01-01'"

OF_PROJECTS = {
    "error": "0",
    "fault": "t.fault_definition_id",
    "migration": "0",
    "synchronization": "0",
}
"""Kind, which is the table's name too -> what it is counted by besides project and day."""
OF_COMPUTERS = {
    "error": NO_MONTH,
    "packagehistory": NO_MONTH,
    "synchronization": "date_trunc('month', t.created_at)::date",
}
"""Kind -> its month."""

_PROJECT_SUMS = """
    SELECT '{kind}' AS kind, t.created_at::date AS day, t.project_id, {detail} AS detail,
        t.computer_id % {slots} AS slot, count(*) AS events
    FROM {source} t WHERE t.project_id IS NOT NULL GROUP BY 2, 3, 4, 5
"""
_COMPUTER_SUMS = """
    SELECT '{kind}' AS kind, t.computer_id, {project} AS project_id, {month} AS month,
        count(*) AS events
    FROM {source} t {join} WHERE {project} IS NOT NULL GROUP BY 2, 3, 4
"""
_ADD_TO_PROJECTS = """
        INSERT INTO client_eventcount AS c (kind, day, project_id, detail, slot, events)
        SELECT s.kind, s.day, s.project_id, s.detail, s.slot, s.events FROM ({sums}) s
        ORDER BY 1, 2, 3, 4, 5
        ON CONFLICT (kind, day, project_id, detail, slot)
        DO UPDATE SET events = c.events + excluded.events;
"""
_TAKE_FROM_PROJECTS = """
        UPDATE client_eventcount c SET events = c.events - s.events FROM ({sums}) s
        WHERE c.kind = s.kind AND c.day = s.day AND c.project_id = s.project_id
            AND c.detail = s.detail AND c.slot = s.slot;
"""
_ADD_TO_COMPUTERS = """
        INSERT INTO client_computereventcount AS c (kind, computer_id, project_id, month, events)
        SELECT s.kind, s.computer_id, s.project_id, s.month, s.events FROM ({sums}) s
        ORDER BY 2, 3, 4
        ON CONFLICT (computer_id, kind, project_id, month)
        DO UPDATE SET events = c.events + excluded.events;
"""
_TAKE_FROM_COMPUTERS = """
        UPDATE client_computereventcount c SET events = c.events - s.events FROM ({sums}) s
        WHERE c.kind = s.kind AND c.computer_id = s.computer_id
            AND c.project_id = s.project_id AND c.month = s.month;
"""
_TRIGGERS = """
CREATE FUNCTION migas_count_{kind}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {added}
    ELSE
        {taken}
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_added AFTER INSERT ON client_{kind}
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION migas_count_{kind}();
CREATE TRIGGER count_deleted AFTER DELETE ON client_{kind}
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION migas_count_{kind}();
"""

INDEXES = """
DROP INDEX synchronizationcount_bucket;
CREATE UNIQUE INDEX synchronizationcount_bucket
    ON client_synchronizationcount (granularity, bucket, project_id, slot) NULLS NOT DISTINCT;
CREATE INDEX error_unchecked_project ON client_error (project_id, computer_id)
    WHERE NOT checked;
CREATE INDEX fault_unchecked_project
    ON client_fault (project_id, fault_definition_id, computer_id) WHERE NOT checked;
CREATE INDEX computer_figures ON client_computer (status, project_id, machine) INCLUDE (id);
CREATE INDEX computer_created ON client_computer (created_at) INCLUDE (project_id, machine);
CREATE INDEX computereventcount_kind
    ON client_computereventcount (kind, month, project_id, computer_id) INCLUDE (events);
CREATE INDEX statuslog_status ON client_statuslog (status, created_at) INCLUDE (computer_id);
-- Who has an attribute is asked for the whole fleet: then the index alone should tell.
DROP INDEX client_computer_sync_attributes_way_back;
CREATE INDEX client_computer_sync_attributes_way_back
    ON client_computer_sync_attributes (attribute_id, computer_id);
"""


def _sums(kind: str, source: str) -> list[tuple[str, str, str]]:
    """Return, for each sum of a kind, its rows and how they are added and taken."""
    found = []
    if kind in OF_PROJECTS:
        detail = OF_PROJECTS[kind]
        rows = _PROJECT_SUMS.format(kind=kind, detail=detail, source=source, slots=SLOTS)
        found.append((rows, _ADD_TO_PROJECTS, _TAKE_FROM_PROJECTS))
    if kind in OF_COMPUTERS:
        is_package = kind == "packagehistory"
        rows = _COMPUTER_SUMS.format(
            kind=kind,
            source=source,
            month=OF_COMPUTERS[kind],
            project="k.project_id" if is_package else "t.project_id",
            join="JOIN core_package k ON k.id = t.package_id" if is_package else "",
        )
        found.append((rows, _ADD_TO_COMPUTERS, _TAKE_FROM_COMPUTERS))
    return found


def counted(kind: str) -> str:
    """Return the statements that make the triggers of a kind, and count what is there."""
    added = "".join(add.format(sums=rows) for rows, add, _ in _sums(kind, "changed"))
    taken = "".join(take.format(sums=rows) for rows, _, take in _sums(kind, "changed"))
    present = "".join(add.format(sums=rows) for rows, add, _ in _sums(kind, f"client_{kind}"))
    return _TRIGGERS.format(kind=kind, added=added, taken=taken) + present


async def upgrade(db: BaseDBAsyncClient) -> str:
    return INDEXES + "".join(map(counted, OF_PROJECTS | OF_COMPUTERS))


async def downgrade(db: BaseDBAsyncClient) -> str:
    kinds = OF_PROJECTS | OF_COMPUTERS
    dropped = "".join(
        f"DROP TRIGGER count_added ON client_{kind};"
        f"DROP TRIGGER count_deleted ON client_{kind};"
        f"DROP FUNCTION migas_count_{kind}();"
        for kind in kinds
    )
    return dropped + """
DROP INDEX error_unchecked_project, fault_unchecked_project, computer_figures, computer_created,
    computereventcount_kind, statuslog_status, client_computer_sync_attributes_way_back;
CREATE INDEX client_computer_sync_attributes_way_back
    ON client_computer_sync_attributes (attribute_id);
DELETE FROM client_synchronizationcount;
DROP INDEX synchronizationcount_bucket;
CREATE UNIQUE INDEX synchronizationcount_bucket
    ON client_synchronizationcount (granularity, bucket, project_id) NULLS NOT DISTINCT;
"""
