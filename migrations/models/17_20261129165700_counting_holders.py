"""Triggers that note which computers get and lose an attribute, so that nobody counts them.

Productive computers count. A synchronization keeps its computer locked, as does a change of status,
so that each sees what the other has done.
"""

from importlib import import_module

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
MODELS_STATE = import_module(
    "migrations.models.16_20261129165556_holders_of_attributes"
).MODELS_STATE
"""The models are those of the migration before."""

_PRODUCTIVE = "('assigned', 'reserved', 'unknown')"


async def upgrade(db: BaseDBAsyncClient) -> str:
    return f"""
CREATE FUNCTION migas_note_holders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A computer that is being deleted is not found here: its own trigger has noted it.
    INSERT INTO client_holderchange (attribute_id, computers)
    SELECT s.attribute_id, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END
    FROM changed s JOIN client_computer c ON c.id = s.computer_id
    WHERE c.status IN {_PRODUCTIVE} GROUP BY 1;
    RETURN NULL;
END $$;
CREATE TRIGGER note_added AFTER INSERT ON client_computer_sync_attributes
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION migas_note_holders();
CREATE TRIGGER note_deleted AFTER DELETE ON client_computer_sync_attributes
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION migas_note_holders();

CREATE FUNCTION migas_note_holder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO client_holderchange (attribute_id, computers)
    SELECT attribute_id,
        CASE WHEN TG_OP = 'UPDATE' AND NEW.status IN {_PRODUCTIVE} THEN 1 ELSE -1 END
    FROM client_computer_sync_attributes WHERE computer_id = OLD.id;
    RETURN OLD;
END $$;
CREATE TRIGGER note_status AFTER UPDATE OF status ON client_computer FOR EACH ROW
    WHEN ((OLD.status IN {_PRODUCTIVE}) <> (NEW.status IN {_PRODUCTIVE}))
    EXECUTE FUNCTION migas_note_holder();
CREATE TRIGGER note_deleted BEFORE DELETE ON client_computer FOR EACH ROW
    WHEN (OLD.status IN {_PRODUCTIVE}) EXECUTE FUNCTION migas_note_holder();

UPDATE core_attribute a SET holders = s.computers
FROM (
    SELECT s.attribute_id, count(*) AS computers
    FROM client_computer_sync_attributes s JOIN client_computer c ON c.id = s.computer_id
    WHERE c.status IN {_PRODUCTIVE} GROUP BY 1
) s
WHERE a.id = s.attribute_id;
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
DROP TRIGGER note_deleted ON client_computer;
DROP TRIGGER note_status ON client_computer;
DROP FUNCTION migas_note_holder();
DROP TRIGGER note_deleted ON client_computer_sync_attributes;
DROP TRIGGER note_added ON client_computer_sync_attributes;
DROP FUNCTION migas_note_holders();
"""
