"""What devices are called, and the data by which they are reached, as SQL. Contract: data-model 5.

In each expression `{t}` is the record.
"""

DATA = """CASE
    WHEN jsonb_typeof({t}.data) = 'object' THEN {t}.data
    WHEN ({t}.data #>> '{}') IS JSON OBJECT THEN ({t}.data #>> '{}')::jsonb
    ELSE '{}'::jsonb
END"""
"""Data of a device; old rows hold the object as a text."""

LOCATION = f"coalesce(({DATA})->>'LOCATION', '')"
"""Where a device stands."""

LOGICAL = """(
    SELECT CASE WHEN coalesce(q.name, '') IN ('', 'undefined')
            THEN qf.name || '__' || qm.name ELSE q.name END
        || '__' || coalesce(nullif({t}.alternative_capability_name, ''), qc.name)
        || '__' || qd.name
    FROM device_device qd
    JOIN device_model qm ON qm.id = qd.model_id
    JOIN device_manufacturer qf ON qf.id = qm.manufacturer_id
    JOIN device_capability qc ON qc.id = {t}.capability_id
    CROSS JOIN LATERAL (SELECT (DATA)->>'NAME' AS name) q
    WHERE qd.id = {t}.device_id
)""".replace("DATA", DATA.replace("{t}", "qd"))
"""Text form of a logical device."""

COMPUTERS = """(
    SELECT count(DISTINCT us.computer_id)
    FROM device_logical ul
    JOIN device_logical_attributes ua ON ua.logical_id = ul.id
    JOIN client_computer_sync_attributes us ON us.attribute_id = ua.attribute_id
    WHERE ul.device_id = {t}.id AND us.computer_id IN ({visible_computers})
)"""
"""Number of visible computers that have a device."""

DRIVER = "regexp_replace(coalesce({t}.name, ''), '^.*/', '')"
"""Text form of a driver: the last part of its path."""
