"""How fast the statistics answer in a large fleet, to who sees everything and to who does not.

The fleet is made by SQL, without its triggers; then every counter is counted as the nightly job
does it. Each statistic is asked for as the dashboard asks.

    python benchmarks/stats.py                                            # the whole fleet
    python benchmarks/stats.py --computers 10000 --synchronizations 500000
"""

import argparse
import asyncio
import hashlib
import secrets
import sys
import time

import asyncpg
from lists import Client
from measured_server import MeasuredServer, machine, percentile

from migas_tornado.statistics.recount import recount
from migas_tornado.statistics.registry import STATISTICS

REPEATS = 20
TARGET = 100.0  # ms, p95
CHUNK = 1_000_000
"""Rows that one statement makes."""

FLEET = (
    "INSERT INTO core_platform (name) SELECT 'Platform ' || n FROM generate_series(1, 3) n",
    """
    INSERT INTO core_project (name, slug, pms, architecture, auto_register_computers, platform_id)
    SELECT 'project-' || n, 'project-' || n, 'apt', 'amd64', true, 1 + n % 3
    FROM generate_series(1, 20) n
    """,
    """
    INSERT INTO client_user (name, fullname)
    SELECT 'user' || n, 'Person ' || n FROM generate_series(1, 1000) n
    """,
    """
    INSERT INTO core_attribute (property_att_id, value, description)
    SELECT 7, 'place-' || n, '' FROM generate_series(0, 99) n
    UNION ALL SELECT 2, n::text, '' FROM generate_series(1, {computers}) n
    """,
    """
    INSERT INTO client_computer (uuid, status, name, project_id, created_at, updated_at,
        sync_start_date, sync_end_date, sync_user_id, product, product_system, machine, cpu,
        architecture, ram, storage, disks, mac_address)
    SELECT gen_random_uuid()::text,
        (array['assigned', 'assigned', 'reserved', 'unknown', 'in repair', 'available',
            'unsubscribed'])[1 + n % 7],
        'pc-' || n, CASE WHEN n % 3 = 0 THEN 1 ELSE 1 + n % 20 END,
        now() - n * interval '3 years' / {computers}, now(), now(), now(), 1 + n % 1000,
        'OptiPlex ' || n % 50, 'desktop', (array['P', 'P', 'V'])[1 + n % 3], 'i5', 64, 16000000000,
        512000000000, 1, upper(lpad(to_hex(n), 12, '0'))
    FROM generate_series(1, {computers}) n
    """,
    """
    INSERT INTO client_computer_sync_attributes (computer_id, attribute_id)
    SELECT id, 1 FROM client_computer
    UNION ALL
    SELECT c.id, a.id FROM client_computer c
    JOIN core_attribute a ON a.property_att_id = 2 AND a.value = c.id::text
    UNION ALL
    SELECT c.id, a.first + (c.id / 20) % 100 FROM client_computer c, (
        SELECT min(id) AS first FROM core_attribute WHERE value = 'place-0'
    ) a
    """,
    """
    INSERT INTO core_store (name, slug, project_id) SELECT 'main', 'main', id FROM core_project
    """,
    """
    INSERT INTO core_package (fullname, name, version, architecture, project_id, store_id)
    SELECT 'package-' || n || '_1_amd64.deb', 'package-' || n, '1', 'amd64', 1 + n % 20,
        CASE WHEN n % 3 = 0 THEN 1 + n % 20 END
    FROM generate_series(1, 50000) n
    """,
    """
    INSERT INTO client_faultdefinition (name, enabled, language, code)
    SELECT 'definition ' || n, true, 0, '' FROM generate_series(1, 10) n
    """,
    """
    INSERT INTO client_statuslog (created_at, computer_id, status)
    SELECT created_at, id, status FROM client_computer
    UNION ALL SELECT now() - id % 700 * interval '1 day', id, 'assigned' FROM client_computer
    """,
    """
    INSERT INTO client_migration (created_at, computer_id, project_id)
    SELECT created_at, id, project_id FROM client_computer
    """,
    """
    INSERT INTO client_notification (created_at, message, checked)
    SELECT now() - n * interval '1 hour', 'something', n % 3 > 0 FROM generate_series(1, 20000) n
    """,
    "INSERT INTO core_schedule (name) SELECT 'schedule ' || n FROM generate_series(1, 20) n",
    """
    INSERT INTO core_scheduledelay (delay, duration, schedule_id)
    SELECT 5 * n, 5, s.id FROM core_schedule s, generate_series(0, 4) n
    WHERE s.name LIKE 'schedule %'
    """,
    """
    INSERT INTO core_scheduledelay_attributes (scheduledelay_id, attribute_id)
    SELECT d.id, a.id FROM core_scheduledelay d
    JOIN core_schedule s ON s.id = d.schedule_id AND s.name LIKE 'schedule %'
    JOIN core_attribute a ON a.value = 'place-' || d.delay / 5
    """,
    """
    INSERT INTO core_deployment (enabled, name, slug, project_id, schedule_id, start_date,
        auto_restart, source, frozen, expire)
    SELECT n % 5 > 0, 'deployment ' || n, 'deployment-' || n, 1 + (n - 1) % 20,
        CASE WHEN n % 3 > 0 THEN s.id END, current_date - 10, false, 'I', true, 1440
    FROM generate_series(1, 500) n
    JOIN core_schedule s ON s.name = 'schedule ' || (1 + n % 20)
    """,
    """
    INSERT INTO core_deployment_included_attributes (deployment_id, attribute_id)
    SELECT id, 1 FROM core_deployment
    """,
    """
    INSERT INTO core_deploymentresult (deployment_id, computer_id, is_ok)
    SELECT 1, id, id % 20 > 0 FROM client_computer WHERE project_id = 1
    """,
    "INSERT INTO core_domain (name) VALUES ('TENTH')",
    """
    INSERT INTO core_domain_included_attributes (domain_id, attribute_id)
    SELECT d.id, a.id FROM core_domain d, core_attribute a WHERE a.value LIKE 'place-_'
    """,
    """
    UPDATE core_userprofile SET domain_preference_id = (SELECT max(id) FROM core_domain)
    WHERE user_ptr_id = (SELECT id FROM auth_user WHERE username = 'domain-admin')
    """,
    "UPDATE auth_user SET is_active = true WHERE username = 'domain-admin'",
)
EVENTS = {
    "synchronizations": """
        INSERT INTO client_synchronization (created_at, computer_id, start_date, user_id,
            project_id, consumer, pms_status_ok)
        SELECT now() - ({count} - n) * (interval '1 year' / {count}), c.id, now(), 1 + n % 1000,
            c.project_id, 'migasfree 5.0', true
        FROM generate_series({first}::bigint, {last}) n
        JOIN client_computer c ON c.id = 1 + n * 7919 % {computers}
        ORDER BY n
    """,
    "errors": """
        INSERT INTO client_error (created_at, computer_id, description, checked, project_id)
        SELECT now() - ({count} - n) * (interval '1 year' / {count}), c.id, 'it failed', n % 5 > 0,
            c.project_id
        FROM generate_series({first}::bigint, {last}) n
        JOIN client_computer c ON c.id = 1 + n * 7919 % {computers}
        ORDER BY n
    """,
    "faults": """
        INSERT INTO client_fault (created_at, computer_id, fault_definition_id, result, checked,
            project_id)
        SELECT now() - ({count} - n) * (interval '1 year' / {count}), c.id, 1 + n % 10, 'full',
            n % 5 > 0, c.project_id
        FROM generate_series({first}::bigint, {last}) n
        JOIN client_computer c ON c.id = 1 + n * 7919 % {computers}
        ORDER BY n
    """,
    "packages": """
        INSERT INTO client_packagehistory (computer_id, package_id, install_date, uninstall_date)
        SELECT c.id, 20 * (1 + n / {computers} * 7 % 2490) + c.project_id - 1,
            now() - n % 10000 * interval '1 hour', CASE WHEN n % 4 = 0 THEN now() END
        FROM generate_series({first}::bigint, {last}) n
        JOIN client_computer c ON c.id = 1 + n % {computers}
        ON CONFLICT DO NOTHING
    """,
}
"""Table, as its option is called -> how a part of it is made."""

PARAMETERS = {
    "computers/attributes/count": "attributes=1&attributes=2",
    **{
        f"{family}/by-day": "computer_id=77&start_date=2020-01-01"
        for family in ("errors", "faults", "syncs", "migrations", "status-logs")
    },
}
MORE = (
    "computers/attributes/count/?attributes=1&project_id=1",
    "syncs/monthly/?project_id=1",
    "syncs/history/?begin={month_ago}T00",
    "errors/history/?begin={month_ago}T00",
    "errors/project/day/?begin={year_ago}",
    "syncs/project/month/?begin={year_ago_month}",
)
"""Further questions that the dashboard can be made to ask."""


async def fill(server: MeasuredServer, options: argparse.Namespace) -> tuple[dict[str, str], float]:
    """Make the fleet; return tokens by account, and how many seconds the recount took."""
    database = await asyncpg.connect(
        host=str(server.data_dir / "postgres"),
        user="postgres",
        database="postgres",
        server_settings={"timezone": "UTC"},
    )
    await database.execute("SET session_replication_role = replica")
    for statement in FLEET:
        await database.execute(statement.format(**vars(options)), timeout=3600)
    for name, statement in EVENTS.items():
        count = vars(options)[name]
        for first in range(1, count + 1, CHUNK):
            last = min(first + CHUNK - 1, count)
            await database.execute(
                statement.format(count=count, first=first, last=last, computers=options.computers),
                timeout=3600,
            )
    await database.execute("RESET session_replication_role")
    await database.execute("VACUUM ANALYZE", timeout=3600)
    began = time.monotonic()
    await recount(database)
    took = time.monotonic() - began
    await database.execute("VACUUM ANALYZE", timeout=3600)
    await database.execute("CHECKPOINT")
    tokens = {name: secrets.token_hex(20) for name in ("admin", "domain-admin")}
    for name, token in tokens.items():
        await database.execute(
            "INSERT INTO authtoken_token (key, user_id, created) "
            "SELECT $1, id, now() FROM auth_user WHERE username = $2",
            hashlib.sha256(token.encode()).hexdigest(),
            name,
        )
    await database.close()
    return tokens, took


def questions() -> list[str]:
    """Return the paths that are asked for."""
    found = []
    for path in STATISTICS:
        # Both are of the largest project; the second has a schedule.
        real = path.replace("{id}", "41" if path.endswith("delay") else "1")
        found.append(f"{real}/?{PARAMETERS.get(path, '')}")
    ago = time.gmtime(time.time() - 30 * 86_400), time.gmtime(time.time() - 364 * 86_400)
    dates = {
        "month_ago": time.strftime("%Y-%m-%d", ago[0]),
        "year_ago": time.strftime("%Y-%m-%d", ago[1]),
        "year_ago_month": time.strftime("%Y-%m", ago[1]),
    }
    return found + [path.format(**dates) for path in MORE]


def measure(client: Client, question: str) -> tuple[float, float]:
    """Return median and p95, in milliseconds."""
    path, _, query = question.partition("/?")
    took = [client.get(f"stats/{path}", query)[0] for _ in range(REPEATS)]
    return percentile(took, 0.5), percentile(took, 0.95)


async def run(options: argparse.Namespace) -> None:
    with MeasuredServer(user_calls_per_minute="0", time_zone="UTC") as server:
        began = time.monotonic()
        tokens, recounted = await fill(server, options)
        print(f"machine  {machine()}")
        print(f"command  python {' '.join(sys.argv)}")
        print(
            f"fleet    {options.computers} computers, {options.synchronizations} "
            f"synchronizations, {options.errors} errors, {options.faults} faults, "
            f"{options.packages} packages on computers, made in {time.monotonic() - began:.0f} s, "
            f"of which {recounted:.0f} s recount every counter\n"
        )
        await server.settle()
        clients = [Client(server.url, token) for token in tokens.values()]
        print(f"{'ms':<56}{'everything':>16}{'a tenth':>16}")
        print(f"{'':<56}{'median':>8}{'p95':>8}{'median':>8}{'p95':>8}")
        slow = [0, 0]
        for question in questions():
            found = [measure(client, question) for client in clients]
            for place, (_, p95) in enumerate(found):
                slow[place] += p95 > TARGET
            mark = "  slow" if any(p95 > TARGET for _, p95 in found) else ""
            figures = "".join(f"{median:8.1f}{p95:8.1f}" for median, p95 in found)
            print(f"{question:<56}{figures}{mark}", flush=True)
        print(f"\n{slow[0]} and {slow[1]} slower than {TARGET:.0f} ms")
        memory = server.memory()
        print(f"memory   server {memory.server:.0f} MiB, database {memory.database:.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--computers", type=int, default=100_000)
    parser.add_argument("--synchronizations", type=int, default=10_000_000)
    parser.add_argument("--errors", type=int, default=1_000_000)
    parser.add_argument("--faults", type=int, default=1_000_000)
    parser.add_argument("--packages", type=int, default=2_000_000)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
