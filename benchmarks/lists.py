"""How fast the lists of the administrative API answer in a large fleet.

The fleet is made by SQL: computers, packages, package history, attributes, events. Each list is
asked for its first and a late page, with the filters that the dashboard uses.

    python benchmarks/lists.py                      # 100,000 computers
    python benchmarks/lists.py --computers 10000    # a smaller fleet
    python benchmarks/lists.py --domain             # seen by an account with a tenth of the fleet
"""

import argparse
import asyncio
import hashlib
import http.client
import json
import secrets
import sys
import time
from urllib.parse import urlsplit

import asyncpg
from measured_server import MeasuredServer, machine, percentile

REPEATS = 20
TARGET = 50.0  # ms, p95

FLEET = (
    "INSERT INTO core_platform (name) SELECT 'Platform ' || n FROM generate_series(1, 3) n",
    """
    INSERT INTO core_project (name, slug, pms, architecture, auto_register_computers, platform_id)
    SELECT 'project-' || n, 'project-' || n, 'apt', 'amd64', true, 1 + n % 3
    FROM generate_series(1, 20) n
    """,
    """
    INSERT INTO client_user (name, fullname)
    SELECT 'user' || n, 'Person ' || n FROM generate_series(1, {computers} / 10) n
    """,
    """
    INSERT INTO core_attribute (property_att_id, value, description)
    SELECT 2, n::text, 'pc-' || n FROM generate_series(1, {computers}) n
    UNION ALL SELECT 7, 'pc-' || n, '' FROM generate_series(1, {computers}) n
    UNION ALL SELECT 8, '10.' || n / 250 || '.' || n % 250 || '.0/24', ''
    FROM generate_series(1, 2000) n
    """,
    """
    INSERT INTO client_computer (uuid, status, name, fqdn, project_id, created_at, updated_at,
        ip_address, forwarded_ip_address, sync_start_date, sync_end_date, sync_user_id, product,
        product_system, machine, cpu, architecture, ram, storage, disks, mac_address)
    SELECT gen_random_uuid()::text,
        (array['assigned','assigned','assigned','reserved','unknown','in repair','available'])
            [1 + n % 7],
        'pc-' || n, 'pc-' || n || '.example.org', 1 + n % 20,
        now() - n * interval '5 minutes', now(), '10.0.0.1', '10.0.0.1',
        now() - n % 5000 * interval '1 hour', now() - n % 5000 * interval '1 hour',
        1 + n % ({computers} / 10), 'OptiPlex ' || n % 50, 'desktop', 'P', 'i5', 64, 16000000000,
        512000000000, 1, upper(lpad(to_hex(n), 12, '0'))
    FROM generate_series(1, {computers}) n
    """,
    """
    INSERT INTO client_computer_sync_attributes (computer_id, attribute_id)
    SELECT c.id, a.id FROM client_computer c
    JOIN core_attribute a ON a.property_att_id = 2 AND a.value = c.id::text
    UNION ALL SELECT c.id, 1 FROM client_computer c
    UNION ALL SELECT c.id, (SELECT min(id) FROM core_attribute WHERE property_att_id = 8)
        + c.id % 2000 FROM client_computer c
    """,
    """
    INSERT INTO core_store (name, slug, project_id)
    SELECT 'main', 'main', id FROM core_project
    """,
    """
    INSERT INTO core_package (fullname, name, version, architecture, project_id, store_id)
    SELECT 'package-' || n || '_1.' || n % 9 || '_amd64.deb', 'package-' || n, '1.' || n % 9,
        'amd64', 1 + n % 20, CASE WHEN n % 3 = 0 THEN 1 + n % 20 END
    FROM generate_series(1, {packages}) n
    """,
    """
    INSERT INTO client_packagehistory (computer_id, package_id, install_date, uninstall_date)
    SELECT 1 + n % {computers}, 1 + (n::bigint * 7919 + n / {computers}) % {packages},
        now() - n % 10000 * interval '1 hour', CASE WHEN n % 4 = 0 THEN now() END
    FROM generate_series(1, {history}) n ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO client_synchronization (created_at, computer_id, start_date, user_id, project_id,
        consumer, pms_status_ok)
    SELECT now() - n * interval '20 seconds', 1 + n % {computers}, now(), 1 + n % 100, 1 + n % 20,
        'migasfree 5.0', true FROM generate_series(1, {events}) n
    """,
    """
    INSERT INTO client_error (created_at, computer_id, description, checked, project_id)
    SELECT now() - n * interval '1 minute', 1 + n % {computers}, 'it failed', n % 5 > 0, 1 + n % 20
    FROM generate_series(1, {events} / 5) n
    """,
    """
    INSERT INTO client_fault (created_at, computer_id, fault_definition_id, result, checked,
        project_id)
    SELECT now() - n * interval '1 minute', 1 + n % {computers}, 1 + n % 2, 'full', n % 5 > 0,
        1 + n % 20 FROM generate_series(1, {events} / 5) n
    """,
    """
    INSERT INTO client_statuslog (created_at, computer_id, status)
    SELECT created_at, id, status FROM client_computer
    """,
    """
    INSERT INTO client_migration (created_at, computer_id, project_id)
    SELECT created_at, id, project_id FROM client_computer
    """,
    """
    INSERT INTO core_deployment (enabled, name, slug, project_id, start_date, auto_restart, source,
        frozen, expire)
    SELECT true, 'deployment ' || n, 'deployment-' || n, 1 + n % 20, current_date, false, 'I',
        true, 1440 FROM generate_series(1, 500) n
    """,
    """
    INSERT INTO core_deployment_included_attributes (deployment_id, attribute_id)
    SELECT id, 1 FROM core_deployment
    """,
)
DOMAIN = (
    "INSERT INTO core_domain (name) VALUES ('TENTH')",
    """
    INSERT INTO core_domain_included_attributes (domain_id, attribute_id)
    SELECT d.id, a.id FROM core_domain d, core_attribute a
    WHERE d.name = 'TENTH' AND a.property_att_id = 8 AND a.id % 10 = 0
    """,
    """
    UPDATE core_userprofile SET domain_preference_id = (SELECT max(id) FROM core_domain)
    WHERE user_ptr_id = (SELECT id FROM auth_user WHERE username = 'domain-admin')
    """,
    "UPDATE auth_user SET is_active = true WHERE username = 'domain-admin'",
)
"""200 of the 2,000 networks, and who looks at them."""

LISTS = {
    "computers": (
        "status__in=assigned,reserved,unknown",
        "project__id=3",
        "project__platform__id=2",
        "name__icontains=pc-77",
        "search=pc-999",
        "sync_attributes__id=1",
        "sync_end_date__lt=2026-01-01",
        "ordering=-sync_end_date",
        "ordering=project",
    ),
    "packages": ("project__id=3", "store__isnull=false", "fullname__icontains=77", "search=123"),
    "packages-history": (
        "computer__id=77",
        "package__id=77",
        "package__project__id=3",
        "uninstall_date__isnull=true",
        "computer__name__icontains=pc-777",
    ),
    "syncs": ("project__id=3", "computer__id=77", "pms_status_ok=false", "user__id=5"),
    "errors": ("checked=false", "project__id=3", "computer__status__in=assigned,reserved"),
    "faults": ("checked=false", "fault_definition__id=1", "user=me"),
    "migrations": ("project__id=3",),
    "status-logs": ("status=assigned",),
    "users": ("name__icontains=user7",),
    "attributes": ("property_att__id=2", "search=pc-77", "value__icontains=99"),
    "features": ("property_att__id=8", "total_computers=0"),
    "tags": (),
    "attribute-sets": (),
    "deployments": ("project__id=3", "enabled=true", "included_attributes__id=1"),
    "deployments/internal-sources": (),
    "deployments/external-sources": (),
    "projects": ("platform__id=2",),
    "platforms": (),
    "stores": ("project__id=3",),
    "package-sets": (),
    "properties": (),
    "stamps": (),
    "formulas": (),
    "singularities": (),
    "schedules": (),
    "schedule-delays": (),
    "domains": (),
    "scopes": (),
    "user-profiles": (),
    "accounts/groups": (),
    "accounts/permissions": (),
    "fault-definitions": (),
    "notifications": (),
    "messages": (),
    "hardware": ("computer__id=77",),
    "devices/types": (),
    "devices/manufacturers": (),
    "devices/capabilities": (),
    "devices/connections": (),
    "devices/models": (),
    "devices/drivers": (),
    "devices/devices": (),
    "devices/logical": (),
    "catalog/apps": (),
    "catalog/categories": (),
    "catalog/project-packages": (),
    "catalog/policies": (),
    "catalog/policy-groups": (),
    "mgi/config": (),
    "mgi/flavour": (),
    "mgi/release": (),
    "mgi/build": (),
}


async def fill(server: MeasuredServer, options: argparse.Namespace) -> str:
    """Make the fleet, and return a token of whoever looks."""
    connection = await asyncpg.connect(
        host=str(server.data_dir / "postgres"), user="postgres", database="postgres"
    )
    for statement in (*FLEET, *(DOMAIN if options.domain else ()), "VACUUM ANALYZE"):
        await connection.execute(statement.format(**vars(options)), timeout=3600)
    token = secrets.token_hex(20)
    await connection.execute(
        "INSERT INTO authtoken_token (key, user_id, created) "
        "SELECT $1, id, now() FROM auth_user WHERE username = $2",
        hashlib.sha256(token.encode()).hexdigest(),
        "domain-admin" if options.domain else "admin",
    )
    await connection.execute("CHECKPOINT")
    await connection.close()
    return token


class Client:
    """Asks over one connection that stays open, as a browser does."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc)
        self._headers = {"Authorization": f"Token {token}"}

    def get(self, path: str, query: str) -> tuple[float, dict[str, object]]:
        """Return the milliseconds and the answer."""
        began = time.perf_counter()
        self._connection.request("GET", f"/api/v1/token/{path}/?{query}", headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        took = 1000 * (time.perf_counter() - began)
        if answer.status != 200:
            raise SystemExit(f"{path}?{query}: {answer.status} {body[:300]!r}")
        return took, json.loads(body)


def measure(client: Client, path: str, query: str) -> tuple[float, float]:
    """Return median and p95 of a list, in milliseconds."""
    took = [client.get(path, query)[0] for _ in range(REPEATS)]
    return percentile(took, 0.5), percentile(took, 0.95)


def pages(client: Client, path: str, query: str) -> list[str]:
    """Return the queries for the first and a late page; the late one is at nine tenths."""
    _, answer = client.get(path, f"page_size=10&{query}")
    last = max(1, -(-int(str(answer["count"])) // 10))
    late = max(1, last * 9 // 10)
    return [f"page_size=10&page={page}&{query}" for page in sorted({1, late})]


async def statements(server: MeasuredServer, client: Client, path: str) -> float:
    """Return the SQL statements of a request."""
    await server.log_statements(True)
    logged, _ = server.statements()
    for _ in range(REPEATS):
        client.get(path, "page_size=10")
    after, _ = server.statements()
    await server.log_statements(False)
    return (after - logged) / REPEATS


async def run(options: argparse.Namespace) -> None:
    with MeasuredServer(user_calls_per_minute="0") as server:
        began = time.monotonic()
        client = Client(server.url, await fill(server, options))
        print(f"machine  {machine()}")
        print(f"command  python {' '.join(sys.argv)}")
        print(
            f"fleet    {options.computers} computers, {options.packages} packages, "
            f"{options.history} history rows, made in {time.monotonic() - began:.0f} s\n"
        )
        await server.settle()
        print(f"{'list':<76}{'median':>8}{'p95':>8}  ms")
        slow = 0
        for path, filters in LISTS.items():
            for query in ("", *filters):
                for asked in pages(client, path, query):
                    median, p95 = measure(client, path, asked)
                    slow += p95 > TARGET
                    mark = "  slow" if p95 > TARGET else ""
                    print(f"{path + '?' + asked:<76}{median:8.1f}{p95:8.1f}{mark}")
        print(f"\n{slow} slower than {TARGET:.0f} ms\n\nSQL statements per request")
        for path in ("platforms", "computers", "deployments", "packages-history", "features"):
            print(f"  {path:<20}{await statements(server, client, path):6.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--computers", type=int, default=100_000)
    parser.add_argument("--packages", type=int, default=50_000)
    parser.add_argument("--history", type=int, default=2_000_000)
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--domain", action="store_true", help="as an account with a tenth of it")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
