"""What the models cannot say: the way back through links, partial indexes, fuzzy search."""

from importlib import import_module

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
MODELS_STATE = import_module("migrations.models.0_20261124020000_init").MODELS_STATE
"""The models are those of the migration before."""

LINKS = (
    ("app_catalog_application_available_for_attributes", "application_id", "attribute_id"),
    ("app_catalog_policy_excluded_attributes", "policy_id", "attribute_id"),
    ("app_catalog_policy_included_attributes", "policy_id", "attribute_id"),
    ("app_catalog_policygroup_applications", "policygroup_id", "application_id"),
    ("app_catalog_policygroup_excluded_attributes", "policygroup_id", "attribute_id"),
    ("app_catalog_policygroup_included_attributes", "policygroup_id", "attribute_id"),
    ("auth_group_permissions", "group_id", "permission_id"),
    ("auth_user_groups", "user_id", "group_id"),
    ("auth_user_user_permissions", "user_id", "permission_id"),
    ("client_computer_sync_attributes", "computer_id", "attribute_id"),
    ("client_computer_tags", "computer_id", "serverattribute_id"),
    ("client_faultdefinition_excluded_attributes", "faultdefinition_id", "attribute_id"),
    ("client_faultdefinition_included_attributes", "faultdefinition_id", "attribute_id"),
    ("client_faultdefinition_users", "faultdefinition_id", "userprofile_id"),
    ("core_attributeset_excluded_attributes", "attributeset_id", "attribute_id"),
    ("core_attributeset_included_attributes", "attributeset_id", "attribute_id"),
    ("core_deployment_available_package_sets", "deployment_id", "packageset_id"),
    ("core_deployment_available_packages", "deployment_id", "package_id"),
    ("core_deployment_excluded_attributes", "deployment_id", "attribute_id"),
    ("core_deployment_included_attributes", "deployment_id", "attribute_id"),
    ("core_domain_excluded_attributes", "domain_id", "attribute_id"),
    ("core_domain_included_attributes", "domain_id", "attribute_id"),
    ("core_domain_tags", "domain_id", "serverattribute_id"),
    ("core_packageset_packages", "packageset_id", "package_id"),
    ("core_scheduledelay_attributes", "scheduledelay_id", "attribute_id"),
    ("core_scope_excluded_attributes", "scope_id", "attribute_id"),
    ("core_scope_included_attributes", "scope_id", "attribute_id"),
    ("core_singularity_excluded_attributes", "singularity_id", "attribute_id"),
    ("core_singularity_included_attributes", "singularity_id", "attribute_id"),
    ("core_userprofile_domains", "userprofile_id", "domain_id"),
    ("device_device_available_for_attributes", "device_id", "attribute_id"),
    ("device_logical_attributes", "logical_id", "attribute_id"),
    ("device_model_connections", "model_id", "connection_id"),
    ("mgi_flavour_tags", "flavour_id", "serverattribute_id"),
)

INDEXES = """
CREATE UNIQUE INDEX packagehistory_open ON client_packagehistory (computer_id, package_id)
    WHERE uninstall_date IS NULL;
CREATE UNIQUE INDEX synchronizationcount_bucket
    ON client_synchronizationcount (granularity, bucket, project_id) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX scope_without_domain ON core_scope (user_id, name) WHERE domain_id IS NULL;
CREATE INDEX repository_stale ON core_repository (wanted_at) WHERE wanted > built;
CREATE INDEX error_unlinked ON client_error (computer_id, created_at)
    WHERE synchronization_id IS NULL;
CREATE INDEX fault_unlinked ON client_fault (computer_id, created_at)
    WHERE synchronization_id IS NULL;
ALTER TABLE core_userprofile ADD CONSTRAINT userprofile_scope_preference
    FOREIGN KEY (scope_preference_id) REFERENCES core_scope (id) ON DELETE SET NULL;
CREATE INDEX userprofile_scope_preference ON core_userprofile (scope_preference_id);
"""

FUZZY_SEARCH = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
        RETURN;
    END IF;
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX computer_mac_trigram ON client_computer USING gin (mac_address gin_trgm_ops);
    CREATE INDEX node_name_trigram ON hardware_node USING gin (name gin_trgm_ops);
    CREATE INDEX node_serial_trigram ON hardware_node USING gin (serial gin_trgm_ops);
    CREATE INDEX manufacturer_name_trigram ON device_manufacturer USING gin (name gin_trgm_ops);
    CREATE INDEX application_name_trigram
        ON app_catalog_application USING gin (name gin_trgm_ops);
    CREATE INDEX application_description_trigram
        ON app_catalog_application USING gin (description gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'pg_trgm may not be created here; searches scan instead';
END $$;
"""


def _way_back(table: str, owner: str, target: str) -> str:
    return f"""
CREATE INDEX {table[:48]}_way_back ON {table} ({target});
COMMENT ON COLUMN {table}.{owner} IS 'Record that has the link';
COMMENT ON COLUMN {table}.{target} IS 'Record it links to';
"""


async def upgrade(db: BaseDBAsyncClient) -> str:
    return "".join(_way_back(*link) for link in LINKS) + INDEXES + FUZZY_SEARCH


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
ALTER TABLE core_userprofile DROP CONSTRAINT userprofile_scope_preference;
DROP INDEX userprofile_scope_preference, packagehistory_open, synchronizationcount_bucket,
    scope_without_domain, repository_stale, error_unlinked, fault_unlinked;
""" + "".join(f"DROP INDEX {table[:48]}_way_back;\n" for table, _, _ in LINKS)
