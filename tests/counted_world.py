"""A small fleet whose every figure is known, put straight into the database."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
from conftest import RunningServer

ZONE = "Europe/Madrid"

WORLD = """
INSERT INTO core_platform (id, name) VALUES (101, 'Zeta'), (102, 'Alpha');
INSERT INTO core_project (id, name, slug, pms, architecture, auto_register_computers, platform_id)
VALUES (201, 'bee', 'bee', 'apt', 'amd64', true, 101),
    (202, 'ant', 'ant', 'apt', 'amd64', true, 102),
    (203, 'Available', 'available', 'apt', 'amd64', true, 102);
INSERT INTO client_user (id, name, fullname) VALUES (301, 'ana', 'Ana');
INSERT INTO core_property (id, prefix, name, enabled, kind, sort, auto_add, language) VALUES
    (401, 'AAA', 'Formula A', true, 'N', 'client', true, 0),
    (402, 'TTT', 'Stamp T', true, 'N', 'server', true, 0);
INSERT INTO core_attribute (id, property_att_id, value, description) VALUES
    (501, 401, 'in', ''), (502, 401, 'out', ''), (503, 402, 'tag', ''), (504, 401, 'late', '');
INSERT INTO client_computer (id, uuid, status, name, project_id, created_at, updated_at, machine,
    product_system) VALUES
    (1001, 'u1', 'assigned', 'pc1', 201, '2025-12-31 23:30+00', now(), 'P', ''),
    (1002, 'u2', 'reserved', 'pc2', 201, '2026-01-31 22:59+00', now(), 'V', ''),
    (1003, 'u3', 'unknown', 'pc3', 202, '2026-01-31 23:00+00', now(), 'P', ''),
    (1004, 'u4', 'in repair', 'pc4', 202, '2026-02-10 12:00+00', now(), 'P', ''),
    (1005, 'u5', 'available', 'pc5', 202, '2026-02-11 12:00+00', now(), 'V', ''),
    (1006, 'u6', 'unsubscribed', 'pc6', 201, '2024-05-05 12:00+00', now(), 'P', '');
INSERT INTO client_computer_sync_attributes (computer_id, attribute_id) VALUES
    (1001, 501), (1002, 501), (1002, 502), (1003, 504), (1004, 501), (1005, 504);
INSERT INTO client_computer_tags (computer_id, serverattribute_id) VALUES (1003, 503);
INSERT INTO core_domain (id, name) VALUES (601, 'D');
INSERT INTO core_domain_included_attributes (domain_id, attribute_id) VALUES (601, 501);
INSERT INTO core_domain_excluded_attributes (domain_id, attribute_id) VALUES (601, 502);
INSERT INTO core_domain_tags (domain_id, serverattribute_id) VALUES (601, 503);
INSERT INTO core_domain (id, name) VALUES (602, 'NOBODY');
INSERT INTO core_scope (id, name, user_id)
    SELECT 611, 's', id FROM auth_user WHERE username = 'domain-admin';
INSERT INTO core_scope_included_attributes (scope_id, attribute_id) VALUES (611, 501), (611, 504);
INSERT INTO client_error (created_at, computer_id, description, checked, project_id) VALUES
    ('2026-01-31 22:30+00', 1001, 'x', false, 201), ('2026-01-31 22:40+00', 1001, 'x', true, 201),
    ('2026-01-31 22:50+00', 1002, 'x', false, 201), ('2026-01-31 23:10+00', 1001, 'x', false, 202),
    ('2026-03-01 10:00+00', 1003, 'x', false, 202), ('2026-03-01 10:00+00', 1006, 'x', false, 201);
DELETE FROM client_faultdefinition;
INSERT INTO client_faultdefinition (id, name, enabled, language, code) VALUES
    (701, 'disk', true, 0, ''), (702, 'mine', true, 0, ''), (703, 'theirs', true, 0, '');
INSERT INTO client_faultdefinition_users (faultdefinition_id, userprofile_id)
    SELECT 702, id FROM auth_user WHERE username = 'admin'
    UNION ALL SELECT 703, id FROM auth_user WHERE username = 'domain-admin';
INSERT INTO client_fault (created_at, computer_id, fault_definition_id, result, checked, project_id)
VALUES ('2026-01-31 22:30+00', 1001, 701, 'x', false, 201),
    ('2026-01-31 22:30+00', 1003, 701, 'x', false, 202),
    ('2026-01-31 22:30+00', 1001, 702, 'x', false, 201),
    ('2026-01-31 22:30+00', 1001, 703, 'x', false, 201),
    ('2026-01-31 22:30+00', 1001, 701, 'x', true, 201);
INSERT INTO client_migration (created_at, computer_id, project_id) VALUES
    ('2026-01-10 12:00+00', 1001, 201), ('2026-01-11 12:00+00', 1003, 202),
    ('2026-01-12 12:00+00', 1004, 202), ('2026-02-12 12:00+00', 1004, 203);
INSERT INTO client_statuslog (created_at, computer_id, status) VALUES
    ('2026-01-10 12:00+00', 1001, 'assigned'), ('2026-01-11 12:00+00', 1004, 'in repair'),
    ('2026-02-10 12:00+00', 1004, 'available'), ('2026-02-11 12:00+00', 1004, 'in repair'),
    ('2026-02-12 12:00+00', 1006, 'unsubscribed');
INSERT INTO client_synchronization (created_at, computer_id, user_id, project_id, pms_status_ok)
VALUES ('2026-01-31 22:30+00', 1001, 301, 201, true), ('2026-01-31 22:59+00', 1001, 301, 201, true),
    ('2026-01-31 22:10+00', 1002, 301, 201, true), ('2026-01-31 23:00+00', 1001, 301, 201, true),
    ('2026-02-01 10:00+00', 1003, 301, 202, true);
INSERT INTO client_notification (created_at, message, checked) VALUES
    ('2026-01-31 22:59+00', 'x', true), ('2026-01-31 23:00+00', 'x', false),
    ('2026-02-05 23:00+00', 'x', false);
INSERT INTO core_store (id, name, slug, project_id) VALUES
    (801, 'main', 'main', 201), (802, 'extra', 'extra', 201), (803, 'main', 'main', 202);
INSERT INTO core_package (id, fullname, name, version, architecture, project_id, store_id) VALUES
    (811, 'a', 'a', '1', '', 201, 801), (812, 'b', 'b', '1', '', 201, 801),
    (813, 'c', 'c', '1', '', 201, NULL), (814, 'd', 'd', '1', '', 202, 803);
INSERT INTO client_packagehistory (computer_id, package_id, install_date, uninstall_date) VALUES
    (1001, 811, now(), NULL), (1001, 812, now(), now()), (1002, 811, now(), NULL),
    (1003, 814, now(), NULL);
INSERT INTO core_schedule (id, name) VALUES (821, 'waves'), (822, 'none');
INSERT INTO core_scheduledelay (id, delay, duration, schedule_id) VALUES
    (831, 1, 2, 821), (832, 3, 2, 821);
INSERT INTO core_scheduledelay_attributes (scheduledelay_id, attribute_id) VALUES
    (831, 501), (832, 504);
INSERT INTO core_deployment (id, enabled, name, slug, project_id, domain_id, schedule_id,
    start_date, auto_restart, source, frozen, expire) VALUES
    (841, true, 'd1', 'd1', 201, NULL, NULL, '2026-01-01', false, 'I', true, 1440),
    (842, true, 'd2', 'd2', 201, 601, 821, '2026-01-02', false, 'I', true, 1440),
    (843, false, 'd3', 'd3', 201, 602, NULL, '2026-01-01', false, 'I', true, 1440),
    (844, true, 'd4', 'd4', 202, NULL, 821, '2026-01-02', false, 'I', true, 1440),
    (845, false, 'd5', 'd5', 203, NULL, 822, '2026-01-02', false, 'I', true, 1440);
INSERT INTO core_deployment_included_attributes (deployment_id, attribute_id) VALUES
    (841, 501), (844, 503);
INSERT INTO core_deployment_excluded_attributes (deployment_id, attribute_id) VALUES (841, 502);
INSERT INTO core_deploymentresult (deployment_id, computer_id, is_ok) VALUES
    (841, 1001, true), (841, 1002, false), (844, 1003, true);
DELETE FROM app_catalog_category;
INSERT INTO app_catalog_category (id, name) VALUES (851, 'Office'), (852, 'Games');
INSERT INTO app_catalog_application (id, name, description, created_at, score, level, category_id)
VALUES (861, 'calc', '', now(), 1, 'U', 851), (862, 'draw', '', now(), 1, 'U', 851),
    (863, 'chess', '', now(), 1, 'A', 852);
INSERT INTO app_catalog_packagesbyproject (application_id, project_id, packages_to_install) VALUES
    (861, 201, ''), (861, 202, ''), (862, 201, '');
INSERT INTO device_manufacturer (id, name) VALUES (871, 'HP'), (872, 'Epson');
INSERT INTO device_model (id, name, manufacturer_id, device_type_id) VALUES
    (881, 'LaserJet', 871, 1), (882, 'Stylus', 872, 1), (883, 'DeskJet', 871, 1);
DELETE FROM device_connection;
INSERT INTO device_connection (id, name, device_type_id) VALUES (891, 'TCP', 1), (892, 'USB', 1);
INSERT INTO device_device (id, name, model_id, connection_id, data) VALUES
    (901, 'p1', 881, 891, '{}'), (902, 'p2', 881, 891, '{}'), (903, 'p3', 882, 892, '{}');
INSERT INTO device_driver (id, name, model_id, project_id, capability_id) VALUES
    (911, '', 881, 201, 1), (912, '', 881, 202, 1), (913, '', 882, 201, 1);
INSERT INTO mgi_config (id, project_id, template_id, build_type, base_os, partition,
    provision_script, image_format, config) VALUES
    (921, 201, 't', 'docker', '', '', '', 'raw', '{}'),
    (922, 202, 't', 'qemu_win', '', '', '', 'raw', '{}');
INSERT INTO mgi_flavour (id, config_id, name, description, enabled, "user", password, keymap,
    keyboard_model, charmap, codeset, timezone, hostname) VALUES
    (931, 921, 'f1', '', true, '', '', '', '', '', '', '', ''),
    (932, 921, 'f2', '', false, '', '', '', '', '', '', '', ''),
    (933, 922, 'f3', '', true, '', '', '', '', '', '', '', '');
INSERT INTO mgi_release (id, config_id, name, description, created_at) VALUES
    (941, 921, 'r1', '', now()), (942, 922, 'r2', '', now());
INSERT INTO mgi_build (release_id, flavour_id, task_id, status, started_at, finished_at, uri, size,
    log, published) VALUES
    (941, 931, '', 'completed', '2026-01-31 22:59+00', '2026-01-31 23:00:00.5+00', '', 10,
        '', true),
    (941, 932, '', 'completed', '2026-02-01 10:00+00', '2026-02-01 10:01+00', '', 20, '', false),
    (941, 931, '', 'completed', '2026-02-01 10:00+00', '2026-02-01 09:00+00', '', 99, '', false),
    (942, 933, '', 'failed', '2026-02-01 10:00+00', '2026-02-01 10:01+00', '', NULL, '', false),
    (942, 933, '', 'queued', NULL, NULL, '', NULL, '', false),
    (942, 933, '', 'running', '2026-02-02 10:00+00', NULL, '', NULL, '', false);
"""


def counted_site(directory: Path, untouched_site: Path) -> Iterator[RunningServer]:
    """Yield a server in Madrid with the world in it."""
    data_dir = directory / "data"
    subprocess.run(["cp", "-a", untouched_site, data_dir], check=True)
    running = RunningServer(data_dir, time_zone=ZONE).start()
    run(running, WORLD)
    recount(running)
    yield running
    running.stop()
    shutil.rmtree(data_dir, ignore_errors=True)
    assert running.tracebacks == [], "\n".join(running.log[-80:])


def recount(server: RunningServer) -> list[str]:
    """Count the statistics anew, and return what was corrected."""
    settings = {**server.settings, "data_dir": str(server.data_dir)}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MIGAS_")}
    done = subprocess.run(
        [sys.executable, "-m", "migas_tornado", "jobs", "run", "recount statistics"],
        env=environment | {f"MIGAS_{name.upper()}": value for name, value in settings.items()},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    printed = done.stdout.strip()
    return [] if printed == "done" else printed.split("; ")


def run(server: RunningServer, script: str, zone: str = ZONE) -> None:
    """Run statements in a session with a time zone, as those of the server have its own."""

    async def execute() -> None:
        connection = await asyncpg.connect(
            host=str(server.data_dir / "postgres"),
            user="postgres",
            database="postgres",
            server_settings={"timezone": zone},
        )
        try:
            await connection.execute(script)
        finally:
            await connection.close()

    asyncio.run(execute())


def narrow(server: RunningServer, *, domain: Any = None, scope: Any = None) -> None:
    """Let the account `domain-admin` look at a domain, a scope, both, or everything."""
    server.sql("UPDATE auth_user SET is_active = true WHERE username = 'domain-admin'")
    server.sql(
        "UPDATE core_userprofile SET domain_preference_id = $1::int, scope_preference_id = $2::int "
        "WHERE user_ptr_id = (SELECT id FROM auth_user WHERE username = 'domain-admin')",
        domain,
        scope,
    )
