"""What a computer reports about itself becomes its attributes. Contract: agent-v5 6.2."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg

from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import Computer
from migas_tornado.enrolment.projects import Project
from migas_tornado.errors import InvalidDataError
from migas_tornado.events import notify
from migas_tornado.models.enumerations import PropertyKind, PropertySort
from migas_tornado.settings import Settings
from migas_tornado.synchronization.attribute_store import Found, Wanted, find_or_add
from migas_tornado.synchronization.memberships import domains_of, sets_of
from migas_tornado.synchronization.values import items_of

LEGACY = 4
MESSAGE_LIMIT = 1000  # characters of a value in a notification


@dataclass(frozen=True, slots=True)
class Report:
    """What a computer says about itself; lengths and address are already checked."""

    uuid: str
    name: str
    fqdn: str
    ip_address: str | None
    forwarded_ip_address: str
    user_name: str
    user_fullname: str
    values: dict[str, str]
    """Prefix -> what its formula printed."""
    protocol: int = 5


@dataclass(slots=True)
class _Properties:
    """The properties that exist, by prefix."""

    rows: dict[str, asyncpg.Record]
    cut: dict[tuple[int, str], str] = field(default_factory=dict)
    """Property and value of what was too long -> a message about it."""

    def items(self, prefix: str, raw: str) -> list[Wanted]:
        row = self.rows[prefix]
        items = items_of(row["kind"], row["sort"], raw)
        self.cut |= {
            (row["id"], item.value): (
                f"The value of an attribute {prefix} is too long and was cut: "
                f"{item.cut[:MESSAGE_LIMIT]}"
            )
            for item in items
            if item.cut
        }
        return [Wanted(row["id"], i.value, i.description, row["auto_add"]) for i in items]

    def basic(self, prefix: str, value: str, description: str = "") -> list[Wanted]:
        row = self.rows.get(prefix)
        if row is None or row["sort"] != PropertySort.BASIC or not row["enabled"]:
            return []
        return [Wanted(row["id"], value[:250], description, may_add=True)]


async def report_attributes(
    database: Connection, computer: Computer, project: Project, report: Report, settings: Settings
) -> None:
    """Store what a computer reports, and the attributes that follow from it.

    Args:
        database: connection inside a transaction.
        computer: the computer, locked.
        project: its project.
        report: what it says.
        settings: for the wish for notifications and the search field.

    Raises:
        InvalidDataError: the uuid is another computer's.
    """
    user_id = await _user(database, report)
    properties = _Properties(
        {row["prefix"]: row for row in await database.fetch("SELECT * FROM core_property")}
    )
    reported = _reported(properties, report.values) + await _tags(database, computer, properties)
    cid = properties.basic("CID", str(computer.id), _described(report, settings))
    basic = cid + _basic(properties, project, report)
    found = await find_or_add(database, reported + basic)
    own, everyones = found.ids(reported), found.ids(basic)
    # Contract agent-v5 6.2 b: domains are decided before the basic attributes are there; in
    # protocol 4 after that (agent-v4 5.2), but there sets do not see domains.
    is_legacy = report.protocol == LEGACY
    domains = await domains_of(database, sorted(own | everyones if is_legacy else own))
    attributes = own | everyones | domains
    seen = own | everyones if is_legacy else attributes
    attributes |= await sets_of(database, seen)
    await _describe_cid(database, found, cid)
    await _replace(database, computer.id, sorted(attributes))
    await _store(database, computer, report, user_id)
    # Once, when the attribute comes into being, and not at each synchronization.
    cut = [message for key, message in properties.cut.items() if key in found.added]
    messages = cut + _changes(computer, report, settings)
    if messages:
        await notify(database, *messages)


def _reported(properties: _Properties, values: dict[str, str]) -> list[Wanted]:
    """Return the attributes of the formulas; prefixes of no formula are passed over."""
    return [
        item
        for prefix, raw in values.items()
        if prefix in properties.rows and properties.rows[prefix]["sort"] == PropertySort.CLIENT
        for item in properties.items(prefix, raw)
    ]


async def _tags(database: Connection, computer: Computer, properties: _Properties) -> list[Wanted]:
    rows = await database.fetch(
        """
        SELECT p.prefix, a.value
        FROM client_computer_tags t
        JOIN core_attribute a ON a.id = t.serverattribute_id
        JOIN core_property p ON p.id = a.property_att_id
        WHERE t.computer_id = $1 AND p.enabled
        """,
        computer.id,
    )
    wanted = []
    for row in rows:
        kind = properties.rows[row["prefix"]]["kind"]
        if kind in (PropertyKind.LEFT, PropertyKind.RIGHT, PropertyKind.LIST):
            wanted += properties.items(row["prefix"], row["value"])
        else:
            property_id = properties.rows[row["prefix"]]["id"]
            wanted.append(Wanted(property_id, row["value"], "", may_add=False))
    return wanted


def _basic(properties: _Properties, project: Project, report: Report) -> list[Wanted]:
    return [
        *properties.basic("SET", "All Systems"),
        *properties.basic("PLT", project.platform),
        *properties.basic("IP", report.ip_address or ""),
        *properties.basic("PRJ", project.name),
        *properties.basic("USR", report.user_name),
    ]


def _described(report: Report, settings: Settings) -> str:
    """Return the description of the CID attribute: the search field, or the name for the id."""
    search = settings.computer_search_field
    return str(getattr(report, "name" if search == "id" else search) or "")


async def _describe_cid(database: Connection, found: Found, cid: list[Wanted]) -> None:
    """Keep the description of the CID attribute what the computer is called now."""
    for item in cid:
        row = found.row(item)
        if row and row["description"] != item.description:
            await database.execute(
                "UPDATE core_attribute SET description = $2 WHERE id = $1",
                row["id"],
                item.description,
            )


async def _user(database: Connection, report: Report) -> int:
    """Return the id of the person signed in, who is recorded when seen for the first time."""
    known = "SELECT id FROM client_user WHERE name = $1 AND fullname = $2"
    person = (report.user_name, report.user_fullname)
    key = await database.fetchval(known, *person)
    if key is None:
        key = await database.fetchval(
            "INSERT INTO client_user (name, fullname) VALUES ($1, $2) "
            "ON CONFLICT (name, fullname) DO NOTHING RETURNING id",
            *person,
        )
        if key is None:  # another computer of the same person was faster
            return await database.fetchval(known, *person)
        await notify(
            database,
            f"User [{report.user_name}] registered by IP [{report.forwarded_ip_address}].",
        )
    return key


async def _replace(database: Connection, computer_id: int, attributes: list[int]) -> None:
    """Make the attributes of a computer these, touching only what differs."""
    await database.execute(
        """
        WITH gone AS (
            DELETE FROM client_computer_sync_attributes
            WHERE computer_id = $1 AND attribute_id <> ALL($2::int[])
        )
        INSERT INTO client_computer_sync_attributes (computer_id, attribute_id)
        SELECT $1, w.id
        FROM unnest($2::int[]) AS w (id)
        WHERE NOT EXISTS (
            SELECT FROM client_computer_sync_attributes s
            WHERE s.computer_id = $1 AND s.attribute_id = w.id
        )
        """,
        computer_id,
        attributes,
    )


async def _store(database: Connection, computer: Computer, report: Report, user_id: int) -> None:
    now = datetime.now(UTC)
    try:
        await database.execute(
            """
            UPDATE client_computer
            SET uuid = $2, name = $3, fqdn = $4, ip_address = $5, forwarded_ip_address = $6,
                sync_user_id = $7, sync_start_date = $8, updated_at = $8, protocol = $9
            WHERE id = $1
            """,
            computer.id,
            report.uuid or None,
            report.name,
            report.fqdn,
            report.ip_address,
            report.forwarded_ip_address,
            user_id,
            now,
            report.protocol,
        )
    except asyncpg.UniqueViolationError as error:
        raise InvalidDataError({"uuid": ["Another computer has this uuid."]}) from error


def _changes(computer: Computer, report: Report, settings: Settings) -> list[str]:
    """Return what administrators who asked for it are told of a computer that changed."""
    if not settings.notify_changes:
        return []
    compared = (
        ("NAME", computer.name, report.name),
        ("IP", computer.ip_address, report.ip_address),
        ("UUID", computer.uuid, report.uuid),
    )
    return [
        f"Computer id=[{computer.id}]: old {what}=[{old}] new {what}=[{new}]"
        for what, old, new in compared
        if old != new
    ]
