from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "core_attributeset" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL UNIQUE,
    "description" TEXT,
    "enabled" BOOL NOT NULL,
    "longitude" DOUBLE PRECISION,
    "latitude" DOUBLE PRECISION
);
COMMENT ON COLUMN "core_attributeset"."id" IS 'Key';
COMMENT ON COLUMN "core_attributeset"."name" IS 'Value of its SET attribute';
COMMENT ON COLUMN "core_attributeset"."description" IS 'What the set is for';
COMMENT ON COLUMN "core_attributeset"."enabled" IS 'Whether it is evaluated';
COMMENT ON COLUMN "core_attributeset"."longitude" IS 'Degrees east';
COMMENT ON COLUMN "core_attributeset"."latitude" IS 'Degrees north';
COMMENT ON TABLE "core_attributeset" IS 'Named combinations of attributes';
CREATE TABLE IF NOT EXISTS "core_property" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "prefix" VARCHAR(3) NOT NULL UNIQUE,
    "name" VARCHAR(50) NOT NULL,
    "enabled" BOOL NOT NULL,
    "kind" VARCHAR(1) NOT NULL,
    "sort" VARCHAR(10) NOT NULL,
    "auto_add" BOOL NOT NULL,
    "language" INT NOT NULL,
    "code" TEXT
);
COMMENT ON COLUMN "core_property"."id" IS 'Key';
COMMENT ON COLUMN "core_property"."prefix" IS 'Groups and names attributes';
COMMENT ON COLUMN "core_property"."name" IS 'Name for people';
COMMENT ON COLUMN "core_property"."enabled" IS 'Whether it is evaluated';
COMMENT ON COLUMN "core_property"."kind" IS 'N, -, L, R, J: how a value becomes attributes';
COMMENT ON COLUMN "core_property"."sort" IS 'basic, client or server: who computes it';
COMMENT ON COLUMN "core_property"."auto_add" IS 'Whether agents may add values';
COMMENT ON COLUMN "core_property"."language" IS 'Language of the code';
COMMENT ON COLUMN "core_property"."code" IS 'Formula; prints value or value~description';
COMMENT ON TABLE "core_property" IS 'Questions asked about every computer';
CREATE TABLE IF NOT EXISTS "core_attribute" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "value" VARCHAR(250) NOT NULL,
    "description" TEXT,
    "longitude" DOUBLE PRECISION,
    "latitude" DOUBLE PRECISION,
    "property_att_id" INT NOT NULL REFERENCES "core_property" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_core_attrib_propert_7053e3" UNIQUE ("property_att_id", "value")
);
COMMENT ON COLUMN "core_attribute"."id" IS 'Key; 1 is All Systems';
COMMENT ON COLUMN "core_attribute"."value" IS 'Value, unique in its property';
COMMENT ON COLUMN "core_attribute"."description" IS 'What the value means';
COMMENT ON COLUMN "core_attribute"."longitude" IS 'Degrees east';
COMMENT ON COLUMN "core_attribute"."latitude" IS 'Degrees north';
COMMENT ON COLUMN "core_attribute"."property_att_id" IS 'Property it answers';
COMMENT ON TABLE "core_attribute" IS 'Values of properties; the targets of everything';
CREATE TABLE IF NOT EXISTS "core_singularity" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "enabled" BOOL NOT NULL,
    "name" VARCHAR(50) NOT NULL UNIQUE,
    "priority" INT NOT NULL,
    "language" INT NOT NULL,
    "code" TEXT,
    "property_att_id" INT NOT NULL REFERENCES "core_property" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_core_singul_name_2e3722" UNIQUE ("name", "property_att_id", "priority")
);
CREATE INDEX IF NOT EXISTS "idx_core_singul_propert_b8edcc" ON "core_singularity" ("property_att_id");
COMMENT ON COLUMN "core_singularity"."id" IS 'Key';
COMMENT ON COLUMN "core_singularity"."enabled" IS 'Whether it applies';
COMMENT ON COLUMN "core_singularity"."name" IS 'Name for people';
COMMENT ON COLUMN "core_singularity"."priority" IS 'The highest wins';
COMMENT ON COLUMN "core_singularity"."language" IS 'Language of the code';
COMMENT ON COLUMN "core_singularity"."code" IS 'Formula for these computers';
COMMENT ON COLUMN "core_singularity"."property_att_id" IS 'Property whose code it replaces';
COMMENT ON TABLE "core_singularity" IS 'Exceptions to formulas for some computers';
CREATE TABLE IF NOT EXISTS "core_platform" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL UNIQUE
);
COMMENT ON COLUMN "core_platform"."id" IS 'Key';
COMMENT ON COLUMN "core_platform"."name" IS 'Name, as agents send it';
COMMENT ON TABLE "core_platform" IS 'Kinds of operating system';
CREATE TABLE IF NOT EXISTS "core_project" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL UNIQUE,
    "slug" VARCHAR(50) NOT NULL UNIQUE,
    "pms" VARCHAR(50) NOT NULL,
    "architecture" VARCHAR(20) NOT NULL,
    "auto_register_computers" BOOL NOT NULL,
    "platform_id" INT NOT NULL REFERENCES "core_platform" ("id") ON DELETE RESTRICT
);
CREATE INDEX IF NOT EXISTS "idx_core_projec_platfor_5e7600" ON "core_project" ("platform_id");
COMMENT ON COLUMN "core_project"."id" IS 'Key';
COMMENT ON COLUMN "core_project"."name" IS 'Name, as agents send it';
COMMENT ON COLUMN "core_project"."slug" IS 'Name of its directories and keys';
COMMENT ON COLUMN "core_project"."pms" IS 'Package management system, such as apt';
COMMENT ON COLUMN "core_project"."architecture" IS 'Architectures, blank-separated';
COMMENT ON COLUMN "core_project"."auto_register_computers" IS 'Whether computers enrol without credentials';
COMMENT ON COLUMN "core_project"."platform_id" IS 'Kind of operating system';
COMMENT ON TABLE "core_project" IS 'Distributions in use';
CREATE TABLE IF NOT EXISTS "core_store" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL,
    "slug" VARCHAR(50) NOT NULL,
    "project_id" INT NOT NULL REFERENCES "core_project" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_core_store_project_2010e1" UNIQUE ("project_id", "name"),
    CONSTRAINT "uid_core_store_project_ccc5f2" UNIQUE ("project_id", "slug")
);
COMMENT ON COLUMN "core_store"."id" IS 'Key';
COMMENT ON COLUMN "core_store"."name" IS 'Name for people';
COMMENT ON COLUMN "core_store"."slug" IS 'Name of its directory';
COMMENT ON COLUMN "core_store"."project_id" IS 'Project it belongs to';
COMMENT ON TABLE "core_store" IS 'Shelves of packages';
CREATE TABLE IF NOT EXISTS "core_package" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "fullname" VARCHAR(270) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "version" VARCHAR(60) NOT NULL,
    "architecture" VARCHAR(20) NOT NULL,
    "project_id" INT NOT NULL REFERENCES "core_project" ("id") ON DELETE CASCADE,
    "store_id" INT REFERENCES "core_store" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_core_packag_project_bae2a6" UNIQUE ("project_id", "fullname")
);
CREATE INDEX IF NOT EXISTS "idx_core_packag_store_i_183952" ON "core_package" ("store_id");
CREATE INDEX IF NOT EXISTS "idx_core_packag_project_f64d15" ON "core_package" ("project_id", "name", "version", "architecture");
COMMENT ON COLUMN "core_package"."id" IS 'Key';
COMMENT ON COLUMN "core_package"."fullname" IS 'File name';
COMMENT ON COLUMN "core_package"."name" IS 'Name in its package management system';
COMMENT ON COLUMN "core_package"."version" IS 'Version in its package management system';
COMMENT ON COLUMN "core_package"."architecture" IS 'Architecture, or empty';
COMMENT ON COLUMN "core_package"."project_id" IS 'Project it belongs to';
COMMENT ON COLUMN "core_package"."store_id" IS 'Shelf; null when only inventories know it';
COMMENT ON TABLE "core_package" IS 'Packages stored here or seen on computers';
CREATE TABLE IF NOT EXISTS "core_packagefile" (
    "sha256" VARCHAR(64) NOT NULL,
    "md5" VARCHAR(32) NOT NULL,
    "size" BIGINT NOT NULL,
    "metadata" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "package_id" INT NOT NULL PRIMARY KEY REFERENCES "core_package" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_core_packag_sha256_fc07e1" ON "core_packagefile" ("sha256");
COMMENT ON COLUMN "core_packagefile"."sha256" IS 'Hash and name in the store';
COMMENT ON COLUMN "core_packagefile"."md5" IS 'Hash for old package managers';
COMMENT ON COLUMN "core_packagefile"."size" IS 'Bytes';
COMMENT ON COLUMN "core_packagefile"."metadata" IS 'Entry for the index, without file fields';
COMMENT ON COLUMN "core_packagefile"."created_at" IS 'When it was uploaded';
COMMENT ON COLUMN "core_packagefile"."package_id" IS 'The package';
COMMENT ON TABLE "core_packagefile" IS 'Files of stored packages and their metadata';
CREATE TABLE IF NOT EXISTS "core_packageset" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL,
    "description" TEXT,
    "project_id" INT NOT NULL REFERENCES "core_project" ("id") ON DELETE CASCADE,
    "store_id" INT REFERENCES "core_store" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_core_packag_project_6b0f4b" UNIQUE ("project_id", "name")
);
CREATE INDEX IF NOT EXISTS "idx_core_packag_store_i_3498e6" ON "core_packageset" ("store_id");
COMMENT ON COLUMN "core_packageset"."id" IS 'Key';
COMMENT ON COLUMN "core_packageset"."name" IS 'Name, unique in its project';
COMMENT ON COLUMN "core_packageset"."description" IS 'What the set is for';
COMMENT ON COLUMN "core_packageset"."project_id" IS 'Project it belongs to';
COMMENT ON COLUMN "core_packageset"."store_id" IS 'Shelf of its packages';
COMMENT ON TABLE "core_packageset" IS 'Packages that are deployed together';
CREATE TABLE IF NOT EXISTS "auth_user" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "username" VARCHAR(150) NOT NULL UNIQUE,
    "password" VARCHAR(255) NOT NULL,
    "first_name" VARCHAR(150) NOT NULL,
    "last_name" VARCHAR(150) NOT NULL,
    "email" VARCHAR(254) NOT NULL,
    "is_superuser" BOOL NOT NULL,
    "is_staff" BOOL NOT NULL,
    "is_active" BOOL NOT NULL,
    "last_login" TIMESTAMPTZ,
    "date_joined" TIMESTAMPTZ NOT NULL
);
COMMENT ON COLUMN "auth_user"."id" IS 'Key';
COMMENT ON COLUMN "auth_user"."username" IS 'Name to sign in with';
COMMENT ON COLUMN "auth_user"."password" IS 'Slow hash; empty: cannot sign in';
COMMENT ON COLUMN "auth_user"."first_name" IS 'First name';
COMMENT ON COLUMN "auth_user"."last_name" IS 'Last name';
COMMENT ON COLUMN "auth_user"."email" IS 'Address';
COMMENT ON COLUMN "auth_user"."is_superuser" IS 'May do everything';
COMMENT ON COLUMN "auth_user"."is_staff" IS 'May use the administration';
COMMENT ON COLUMN "auth_user"."is_active" IS 'May sign in';
COMMENT ON COLUMN "auth_user"."last_login" IS 'Last time it signed in';
COMMENT ON COLUMN "auth_user"."date_joined" IS 'When it was made';
COMMENT ON TABLE "auth_user" IS 'Who signs in';
CREATE TABLE IF NOT EXISTS "core_domain" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL UNIQUE,
    "comment" TEXT
);
COMMENT ON COLUMN "core_domain"."id" IS 'Key';
COMMENT ON COLUMN "core_domain"."name" IS 'Upper case; value of its DMN attribute';
COMMENT ON COLUMN "core_domain"."comment" IS 'Notes of the administrators';
COMMENT ON TABLE "core_domain" IS 'Parts of the fleet with administrators of their own';
CREATE TABLE IF NOT EXISTS "auth_group" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(150) NOT NULL UNIQUE
);
COMMENT ON COLUMN "auth_group"."id" IS 'Key';
COMMENT ON COLUMN "auth_group"."name" IS 'Name for people';
COMMENT ON TABLE "auth_group" IS 'Roles';
CREATE TABLE IF NOT EXISTS "auth_permission" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "app_label" VARCHAR(100) NOT NULL,
    "model" VARCHAR(100) NOT NULL,
    "codename" VARCHAR(100) NOT NULL,
    CONSTRAINT "uid_auth_permis_app_lab_6bde91" UNIQUE ("app_label", "model", "codename")
);
COMMENT ON COLUMN "auth_permission"."id" IS 'Key';
COMMENT ON COLUMN "auth_permission"."name" IS 'Such as Can add computer';
COMMENT ON COLUMN "auth_permission"."app_label" IS 'Such as client';
COMMENT ON COLUMN "auth_permission"."model" IS 'Such as computer';
COMMENT ON COLUMN "auth_permission"."codename" IS 'Such as add_computer';
COMMENT ON TABLE "auth_permission" IS 'Rights';
CREATE TABLE IF NOT EXISTS "core_scope" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL,
    "domain_id" INT REFERENCES "core_domain" ("id") ON DELETE SET NULL,
    "user_id" INT NOT NULL REFERENCES "auth_user" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_core_scope_name_4efb2d" UNIQUE ("name", "domain_id", "user_id")
);
CREATE INDEX IF NOT EXISTS "idx_core_scope_domain__152acf" ON "core_scope" ("domain_id");
CREATE INDEX IF NOT EXISTS "idx_core_scope_user_id_2dc81a" ON "core_scope" ("user_id");
COMMENT ON COLUMN "core_scope"."id" IS 'Key';
COMMENT ON COLUMN "core_scope"."name" IS 'Name for people';
COMMENT ON COLUMN "core_scope"."domain_id" IS 'Domain in which it applies; null everywhere';
COMMENT ON COLUMN "core_scope"."user_id" IS 'Owner';
COMMENT ON TABLE "core_scope" IS 'Views of the fleet';
CREATE TABLE IF NOT EXISTS "authtoken_token" (
    "key" VARCHAR(64) NOT NULL PRIMARY KEY,
    "created" TIMESTAMPTZ NOT NULL,
    "user_id" INT NOT NULL UNIQUE REFERENCES "auth_user" ("id") ON DELETE CASCADE
);
COMMENT ON COLUMN "authtoken_token"."key" IS 'SHA-256 of the token';
COMMENT ON COLUMN "authtoken_token"."created" IS 'When it was made';
COMMENT ON COLUMN "authtoken_token"."user_id" IS 'Account it stands for';
COMMENT ON TABLE "authtoken_token" IS 'Hashes of the tokens of accounts';
CREATE TABLE IF NOT EXISTS "core_userprofile" (
    "scope_preference_id" INT,
    "domain_preference_id" INT REFERENCES "core_domain" ("id") ON DELETE SET NULL,
    "user_ptr_id" INT NOT NULL PRIMARY KEY REFERENCES "auth_user" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_core_userpr_domain__daab04" ON "core_userprofile" ("domain_preference_id");
COMMENT ON COLUMN "core_userprofile"."scope_preference_id" IS 'Scope looked at now';
COMMENT ON COLUMN "core_userprofile"."domain_preference_id" IS 'Domain looked at now';
COMMENT ON COLUMN "core_userprofile"."user_ptr_id" IS 'The account';
COMMENT ON TABLE "core_userprofile" IS 'What accounts see of the fleet';
CREATE TABLE IF NOT EXISTS "core_schedule" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL UNIQUE,
    "description" TEXT
);
COMMENT ON COLUMN "core_schedule"."id" IS 'Key';
COMMENT ON COLUMN "core_schedule"."name" IS 'Name for people';
COMMENT ON COLUMN "core_schedule"."description" IS 'What the schedule is for';
COMMENT ON TABLE "core_schedule" IS 'Ways to reach computers in waves';
CREATE TABLE IF NOT EXISTS "core_deployment" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "enabled" BOOL NOT NULL,
    "name" VARCHAR(50) NOT NULL,
    "slug" VARCHAR(50) NOT NULL,
    "comment" TEXT,
    "packages_to_install" TEXT,
    "packages_to_remove" TEXT,
    "default_preincluded_packages" TEXT,
    "default_included_packages" TEXT,
    "default_excluded_packages" TEXT,
    "start_date" DATE NOT NULL,
    "auto_restart" BOOL NOT NULL,
    "source" VARCHAR(1) NOT NULL,
    "base_url" VARCHAR(100),
    "options" VARCHAR(250),
    "suite" VARCHAR(50),
    "components" VARCHAR(100),
    "frozen" BOOL NOT NULL,
    "expire" INT NOT NULL,
    "domain_id" INT REFERENCES "core_domain" ("id") ON DELETE SET NULL,
    "project_id" INT NOT NULL REFERENCES "core_project" ("id") ON DELETE RESTRICT,
    "schedule_id" INT REFERENCES "core_schedule" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_core_deploy_project_e3bf89" UNIQUE ("project_id", "name"),
    CONSTRAINT "uid_core_deploy_project_eab540" UNIQUE ("project_id", "slug")
);
CREATE INDEX IF NOT EXISTS "idx_core_deploy_domain__892b01" ON "core_deployment" ("domain_id");
CREATE INDEX IF NOT EXISTS "idx_core_deploy_schedul_6bce45" ON "core_deployment" ("schedule_id");
COMMENT ON COLUMN "core_deployment"."id" IS 'Key';
COMMENT ON COLUMN "core_deployment"."enabled" IS 'Whether computers receive it';
COMMENT ON COLUMN "core_deployment"."name" IS 'Name, unique in its project';
COMMENT ON COLUMN "core_deployment"."slug" IS 'Name of its repository';
COMMENT ON COLUMN "core_deployment"."comment" IS 'Notes of the administrators';
COMMENT ON COLUMN "core_deployment"."packages_to_install" IS 'Names, one per line';
COMMENT ON COLUMN "core_deployment"."packages_to_remove" IS 'Names, one per line';
COMMENT ON COLUMN "core_deployment"."default_preincluded_packages" IS 'Installed before the others when tags are set, one per line';
COMMENT ON COLUMN "core_deployment"."default_included_packages" IS 'Installed when tags are set, one per line';
COMMENT ON COLUMN "core_deployment"."default_excluded_packages" IS 'Removed when tags are set, one per line';
COMMENT ON COLUMN "core_deployment"."start_date" IS 'First day, in the server''s time zone';
COMMENT ON COLUMN "core_deployment"."auto_restart" IS 'Starts anew when finished';
COMMENT ON COLUMN "core_deployment"."source" IS 'I internal, E external';
COMMENT ON COLUMN "core_deployment"."base_url" IS 'External: root of the upstream';
COMMENT ON COLUMN "core_deployment"."options" IS 'External: repository options';
COMMENT ON COLUMN "core_deployment"."suite" IS 'External: suite or release';
COMMENT ON COLUMN "core_deployment"."components" IS 'External: blank-separated';
COMMENT ON COLUMN "core_deployment"."frozen" IS 'External: keep metadata for ever';
COMMENT ON COLUMN "core_deployment"."expire" IS 'External: minutes to keep metadata';
COMMENT ON COLUMN "core_deployment"."domain_id" IS 'Domain that owns it, and whose computers alone receive it';
COMMENT ON COLUMN "core_deployment"."project_id" IS 'Project it belongs to; never changes';
COMMENT ON COLUMN "core_deployment"."schedule_id" IS 'Waves in which further computers are reached';
COMMENT ON TABLE "core_deployment" IS 'What is rolled out to whom';
CREATE TABLE IF NOT EXISTS "core_repository" (
    "wanted" BIGINT NOT NULL,
    "wanted_at" TIMESTAMPTZ NOT NULL,
    "built" BIGINT NOT NULL,
    "built_at" TIMESTAMPTZ,
    "failed_at" TIMESTAMPTZ,
    "error" TEXT,
    "deployment_id" INT NOT NULL PRIMARY KEY REFERENCES "core_deployment" ("id") ON DELETE CASCADE
);
COMMENT ON COLUMN "core_repository"."wanted" IS 'Raised by every change of the content';
COMMENT ON COLUMN "core_repository"."wanted_at" IS 'Time of the last change';
COMMENT ON COLUMN "core_repository"."built" IS 'Change that the served version has';
COMMENT ON COLUMN "core_repository"."built_at" IS 'Time of the last good build';
COMMENT ON COLUMN "core_repository"."failed_at" IS 'Time of the last failure, if newer';
COMMENT ON COLUMN "core_repository"."error" IS 'Why the last build failed';
COMMENT ON COLUMN "core_repository"."deployment_id" IS 'Deployment';
COMMENT ON TABLE "core_repository" IS 'Which repositories have to be built';
CREATE TABLE IF NOT EXISTS "core_scheduledelay" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "delay" INT NOT NULL,
    "duration" INT NOT NULL,
    "schedule_id" INT NOT NULL REFERENCES "core_schedule" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_core_schedu_schedul_8348ec" UNIQUE ("schedule_id", "delay")
);
COMMENT ON COLUMN "core_scheduledelay"."id" IS 'Key';
COMMENT ON COLUMN "core_scheduledelay"."delay" IS 'Working days after the deployment''s start';
COMMENT ON COLUMN "core_scheduledelay"."duration" IS 'Working days over which it spreads';
COMMENT ON COLUMN "core_scheduledelay"."schedule_id" IS 'Schedule it belongs to';
COMMENT ON TABLE "core_scheduledelay" IS 'Waves of schedules';
CREATE TABLE IF NOT EXISTS "client_user" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL,
    "fullname" VARCHAR(100) NOT NULL,
    CONSTRAINT "uid_client_user_name_e9f946" UNIQUE ("name", "fullname")
);
COMMENT ON COLUMN "client_user"."id" IS 'Key';
COMMENT ON COLUMN "client_user"."name" IS 'Name to sign in with';
COMMENT ON COLUMN "client_user"."fullname" IS 'Full name, or empty';
COMMENT ON TABLE "client_user" IS 'People seen on computers';
CREATE TABLE IF NOT EXISTS "client_faultdefinition" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL UNIQUE,
    "description" TEXT,
    "enabled" BOOL NOT NULL,
    "language" INT NOT NULL,
    "code" TEXT NOT NULL
);
COMMENT ON COLUMN "client_faultdefinition"."id" IS 'Key';
COMMENT ON COLUMN "client_faultdefinition"."name" IS 'Name, as agents send it back';
COMMENT ON COLUMN "client_faultdefinition"."description" IS 'What it looks for';
COMMENT ON COLUMN "client_faultdefinition"."enabled" IS 'Whether computers run it';
COMMENT ON COLUMN "client_faultdefinition"."language" IS 'Language of the code';
COMMENT ON COLUMN "client_faultdefinition"."code" IS 'Prints something when there is a fault';
COMMENT ON TABLE "client_faultdefinition" IS 'Code that finds faults';
CREATE TABLE IF NOT EXISTS "client_notification" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "created_at" TIMESTAMPTZ NOT NULL,
    "message" TEXT NOT NULL,
    "checked" BOOL NOT NULL
);
CREATE INDEX IF NOT EXISTS "idx_client_noti_created_3f208e" ON "client_notification" ("created_at");
COMMENT ON COLUMN "client_notification"."id" IS 'Key';
COMMENT ON COLUMN "client_notification"."created_at" IS 'When';
COMMENT ON COLUMN "client_notification"."message" IS 'What happened';
COMMENT ON COLUMN "client_notification"."checked" IS 'Whether somebody looked at it';
COMMENT ON TABLE "client_notification" IS 'What administrators should know';
CREATE TABLE IF NOT EXISTS "client_synchronizationcount" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "granularity" VARCHAR(5) NOT NULL,
    "bucket" TIMESTAMPTZ NOT NULL,
    "computers" INT NOT NULL,
    "project_id" INT REFERENCES "core_project" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_client_sync_project_ef9f35" ON "client_synchronizationcount" ("project_id");
COMMENT ON COLUMN "client_synchronizationcount"."id" IS 'Key';
COMMENT ON COLUMN "client_synchronizationcount"."granularity" IS 'hour, day, month or year';
COMMENT ON COLUMN "client_synchronizationcount"."bucket" IS 'Start of the bucket in the server''s time zone';
COMMENT ON COLUMN "client_synchronizationcount"."computers" IS 'Distinct computers';
COMMENT ON COLUMN "client_synchronizationcount"."project_id" IS 'Project; null counts the whole fleet';
COMMENT ON TABLE "client_synchronizationcount" IS 'Distinct computers synchronized per time bucket';
CREATE TABLE IF NOT EXISTS "device_capability" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL UNIQUE
);
COMMENT ON COLUMN "device_capability"."id" IS 'Key';
COMMENT ON COLUMN "device_capability"."name" IS 'Name';
COMMENT ON TABLE "device_capability" IS 'What devices can do';
CREATE TABLE IF NOT EXISTS "device_type" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL UNIQUE
);
COMMENT ON COLUMN "device_type"."id" IS 'Key';
COMMENT ON COLUMN "device_type"."name" IS 'Name, as agents know it';
COMMENT ON TABLE "device_type" IS 'Kinds of device';
CREATE TABLE IF NOT EXISTS "device_connection" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL,
    "fields" VARCHAR(100),
    "device_type_id" INT NOT NULL REFERENCES "device_type" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_device_conn_device__879c56" UNIQUE ("device_type_id", "name")
);
COMMENT ON COLUMN "device_connection"."id" IS 'Key';
COMMENT ON COLUMN "device_connection"."name" IS 'Such as TCP';
COMMENT ON COLUMN "device_connection"."fields" IS 'What a device needs, comma-separated';
COMMENT ON COLUMN "device_connection"."device_type_id" IS 'Kind of device';
COMMENT ON TABLE "device_connection" IS 'Ways to reach devices';
CREATE TABLE IF NOT EXISTS "device_manufacturer" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL UNIQUE
);
COMMENT ON COLUMN "device_manufacturer"."id" IS 'Key';
COMMENT ON COLUMN "device_manufacturer"."name" IS 'Name';
COMMENT ON TABLE "device_manufacturer" IS 'Makers of devices';
CREATE TABLE IF NOT EXISTS "device_model" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL,
    "device_type_id" INT NOT NULL REFERENCES "device_type" ("id") ON DELETE CASCADE,
    "manufacturer_id" INT NOT NULL REFERENCES "device_manufacturer" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_device_mode_device__8c04b1" UNIQUE ("device_type_id", "manufacturer_id", "name")
);
CREATE INDEX IF NOT EXISTS "idx_device_mode_manufac_65f215" ON "device_model" ("manufacturer_id");
COMMENT ON COLUMN "device_model"."id" IS 'Key';
COMMENT ON COLUMN "device_model"."name" IS 'Name, without blanks';
COMMENT ON COLUMN "device_model"."device_type_id" IS 'Kind of device';
COMMENT ON COLUMN "device_model"."manufacturer_id" IS 'Maker';
COMMENT ON TABLE "device_model" IS 'Models of device';
CREATE TABLE IF NOT EXISTS "device_device" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL UNIQUE,
    "data" JSONB NOT NULL,
    "connection_id" INT NOT NULL REFERENCES "device_connection" ("id") ON DELETE CASCADE,
    "model_id" INT NOT NULL REFERENCES "device_model" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_device_devi_connect_7c2e43" UNIQUE ("connection_id", "name")
);
CREATE INDEX IF NOT EXISTS "idx_device_devi_connect_9b7ef2" ON "device_device" ("connection_id");
CREATE INDEX IF NOT EXISTS "idx_device_devi_model_i_20c5df" ON "device_device" ("model_id");
COMMENT ON COLUMN "device_device"."id" IS 'Key';
COMMENT ON COLUMN "device_device"."name" IS 'Name for people';
COMMENT ON COLUMN "device_device"."data" IS 'Values of the connection''s fields';
COMMENT ON COLUMN "device_device"."connection_id" IS 'How it is reached';
COMMENT ON COLUMN "device_device"."model_id" IS 'Model';
COMMENT ON TABLE "device_device" IS 'Devices';
CREATE TABLE IF NOT EXISTS "device_driver" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(100),
    "packages_to_install" TEXT,
    "capability_id" INT NOT NULL REFERENCES "device_capability" ("id") ON DELETE CASCADE,
    "model_id" INT NOT NULL REFERENCES "device_model" ("id") ON DELETE CASCADE,
    "project_id" INT NOT NULL REFERENCES "core_project" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_device_driv_model_i_2eecd9" UNIQUE ("model_id", "project_id", "capability_id")
);
CREATE INDEX IF NOT EXISTS "idx_device_driv_capabil_8bf7d9" ON "device_driver" ("capability_id");
CREATE INDEX IF NOT EXISTS "idx_device_driv_project_0a389c" ON "device_driver" ("project_id");
COMMENT ON COLUMN "device_driver"."id" IS 'Key';
COMMENT ON COLUMN "device_driver"."name" IS 'Name or path of the driver';
COMMENT ON COLUMN "device_driver"."packages_to_install" IS 'Names, one per line';
COMMENT ON COLUMN "device_driver"."capability_id" IS 'Capability';
COMMENT ON COLUMN "device_driver"."model_id" IS 'Model';
COMMENT ON COLUMN "device_driver"."project_id" IS 'Project';
COMMENT ON TABLE "device_driver" IS 'Drivers of models per project and capability';
CREATE TABLE IF NOT EXISTS "device_logical" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "alternative_capability_name" VARCHAR(50),
    "capability_id" INT NOT NULL REFERENCES "device_capability" ("id") ON DELETE CASCADE,
    "device_id" INT NOT NULL REFERENCES "device_device" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_device_logi_device__a3706a" UNIQUE ("device_id", "capability_id")
);
CREATE INDEX IF NOT EXISTS "idx_device_logi_capabil_80578d" ON "device_logical" ("capability_id");
COMMENT ON COLUMN "device_logical"."id" IS 'Key';
COMMENT ON COLUMN "device_logical"."alternative_capability_name" IS 'Name shown instead of the capability''s';
COMMENT ON COLUMN "device_logical"."capability_id" IS 'Capability';
COMMENT ON COLUMN "device_logical"."device_id" IS 'Device';
COMMENT ON TABLE "device_logical" IS 'Capabilities of devices, as computers see them';
CREATE TABLE IF NOT EXISTS "client_computer" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uuid" VARCHAR(36) UNIQUE,
    "status" VARCHAR(20) NOT NULL,
    "name" VARCHAR(50),
    "fqdn" VARCHAR(255),
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
    "ip_address" VARCHAR(39),
    "forwarded_ip_address" VARCHAR(39),
    "last_hardware_capture" TIMESTAMPTZ,
    "sync_start_date" TIMESTAMPTZ,
    "sync_end_date" TIMESTAMPTZ,
    "product" VARCHAR(80),
    "product_system" VARCHAR(10) NOT NULL,
    "machine" VARCHAR(1) NOT NULL,
    "cpu" VARCHAR(50),
    "architecture" INT,
    "ram" BIGINT,
    "storage" BIGINT,
    "disks" SMALLINT,
    "mac_address" VARCHAR(60),
    "comment" TEXT,
    "inventory_hash" BYTEA,
    "hardware_hash" BYTEA,
    "default_logical_device_id" INT REFERENCES "device_logical" ("id") ON DELETE SET NULL,
    "project_id" INT NOT NULL REFERENCES "core_project" ("id") ON DELETE RESTRICT,
    "sync_user_id" INT REFERENCES "client_user" ("id") ON DELETE SET NULL
);
CREATE INDEX IF NOT EXISTS "idx_client_comp_status_fb4f9c" ON "client_computer" ("status");
CREATE INDEX IF NOT EXISTS "idx_client_comp_name_7d5b2c" ON "client_computer" ("name");
CREATE INDEX IF NOT EXISTS "idx_client_comp_sync_en_700639" ON "client_computer" ("sync_end_date");
CREATE INDEX IF NOT EXISTS "idx_client_comp_default_77d639" ON "client_computer" ("default_logical_device_id");
CREATE INDEX IF NOT EXISTS "idx_client_comp_project_b736e6" ON "client_computer" ("project_id");
CREATE INDEX IF NOT EXISTS "idx_client_comp_sync_us_2d1e93" ON "client_computer" ("sync_user_id");
COMMENT ON COLUMN "client_computer"."id" IS 'Key; the value of its CID attribute';
COMMENT ON COLUMN "client_computer"."uuid" IS 'Identity of the hardware';
COMMENT ON COLUMN "client_computer"."status" IS 'Where it is in its life';
COMMENT ON COLUMN "client_computer"."name" IS 'Host name';
COMMENT ON COLUMN "client_computer"."fqdn" IS 'Fully qualified host name';
COMMENT ON COLUMN "client_computer"."created_at" IS 'When it enrolled';
COMMENT ON COLUMN "client_computer"."updated_at" IS 'Last change of this row';
COMMENT ON COLUMN "client_computer"."ip_address" IS 'Its own address';
COMMENT ON COLUMN "client_computer"."forwarded_ip_address" IS 'Address it came from';
COMMENT ON COLUMN "client_computer"."last_hardware_capture" IS 'Last hardware report';
COMMENT ON COLUMN "client_computer"."sync_start_date" IS 'Start of the last sync';
COMMENT ON COLUMN "client_computer"."sync_end_date" IS 'Its end';
COMMENT ON COLUMN "client_computer"."product" IS 'Model, from the hardware';
COMMENT ON COLUMN "client_computer"."product_system" IS 'docker, virtual, laptop, desktop or empty';
COMMENT ON COLUMN "client_computer"."machine" IS 'P physical, V virtual';
COMMENT ON COLUMN "client_computer"."cpu" IS 'Processor, from the hardware';
COMMENT ON COLUMN "client_computer"."architecture" IS 'Width of the processor in bits';
COMMENT ON COLUMN "client_computer"."ram" IS 'Memory in bytes';
COMMENT ON COLUMN "client_computer"."storage" IS 'Sum of its disks in bytes';
COMMENT ON COLUMN "client_computer"."disks" IS 'Number of disks';
COMMENT ON COLUMN "client_computer"."mac_address" IS 'Addresses in hex, concatenated';
COMMENT ON COLUMN "client_computer"."comment" IS 'Notes of the administrators';
COMMENT ON COLUMN "client_computer"."inventory_hash" IS 'Hash of the software list that the package history shows';
COMMENT ON COLUMN "client_computer"."hardware_hash" IS 'Hash of the hardware tree that the nodes show';
COMMENT ON COLUMN "client_computer"."default_logical_device_id" IS 'Its default printer';
COMMENT ON COLUMN "client_computer"."project_id" IS 'Project whose key it holds';
COMMENT ON COLUMN "client_computer"."sync_user_id" IS 'Who was signed in at the last sync';
COMMENT ON TABLE "client_computer" IS 'Computers of the fleet';
CREATE TABLE IF NOT EXISTS "core_deploymentresult" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "is_ok" BOOL NOT NULL,
    "computer_id" INT NOT NULL REFERENCES "client_computer" ("id") ON DELETE CASCADE,
    "deployment_id" INT NOT NULL REFERENCES "core_deployment" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_core_deploy_deploym_810437" UNIQUE ("deployment_id", "computer_id")
);
CREATE INDEX IF NOT EXISTS "idx_core_deploy_compute_58e023" ON "core_deploymentresult" ("computer_id");
COMMENT ON COLUMN "core_deploymentresult"."id" IS 'Key';
COMMENT ON COLUMN "core_deploymentresult"."is_ok" IS 'Whether the package manager ended well';
COMMENT ON COLUMN "core_deploymentresult"."computer_id" IS 'Computer';
COMMENT ON COLUMN "core_deploymentresult"."deployment_id" IS 'Deployment';
COMMENT ON TABLE "core_deploymentresult" IS 'How deployments ended on computers';
CREATE TABLE IF NOT EXISTS "client_message" (
    "created_at" TIMESTAMPTZ NOT NULL,
    "text" VARCHAR(100) NOT NULL,
    "computer_id" INT NOT NULL PRIMARY KEY REFERENCES "client_computer" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_client_mess_created_64a752" ON "client_message" ("created_at");
COMMENT ON COLUMN "client_message"."created_at" IS 'When it said so';
COMMENT ON COLUMN "client_message"."text" IS 'Such as Sending attributes...';
COMMENT ON COLUMN "client_message"."computer_id" IS 'Computer';
COMMENT ON TABLE "client_message" IS 'What computers are doing now';
CREATE TABLE IF NOT EXISTS "client_packagehistory" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "install_date" TIMESTAMPTZ,
    "uninstall_date" TIMESTAMPTZ,
    "computer_id" INT NOT NULL REFERENCES "client_computer" ("id") ON DELETE CASCADE,
    "package_id" INT NOT NULL REFERENCES "core_package" ("id") ON DELETE RESTRICT
);
CREATE INDEX IF NOT EXISTS "idx_client_pack_compute_fe12b9" ON "client_packagehistory" ("computer_id");
CREATE INDEX IF NOT EXISTS "idx_client_pack_package_112ae9" ON "client_packagehistory" ("package_id");
COMMENT ON COLUMN "client_packagehistory"."id" IS 'Key';
COMMENT ON COLUMN "client_packagehistory"."install_date" IS 'When it was first listed';
COMMENT ON COLUMN "client_packagehistory"."uninstall_date" IS 'When it was gone; null: there';
COMMENT ON COLUMN "client_packagehistory"."computer_id" IS 'Computer';
COMMENT ON COLUMN "client_packagehistory"."package_id" IS 'Package';
COMMENT ON TABLE "client_packagehistory" IS 'Packages on computers, now and before';
CREATE TABLE IF NOT EXISTS "client_migration" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "created_at" TIMESTAMPTZ NOT NULL,
    "computer_id" INT NOT NULL REFERENCES "client_computer" ("id") ON DELETE CASCADE,
    "project_id" INT NOT NULL REFERENCES "core_project" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_client_migr_created_297c83" ON "client_migration" ("created_at");
CREATE INDEX IF NOT EXISTS "idx_client_migr_compute_d4b6d8" ON "client_migration" ("computer_id");
CREATE INDEX IF NOT EXISTS "idx_client_migr_project_641caf" ON "client_migration" ("project_id");
COMMENT ON COLUMN "client_migration"."id" IS 'Key';
COMMENT ON COLUMN "client_migration"."created_at" IS 'When';
COMMENT ON COLUMN "client_migration"."computer_id" IS 'Computer';
COMMENT ON COLUMN "client_migration"."project_id" IS 'New project';
COMMENT ON TABLE "client_migration" IS 'Changes of project';
CREATE TABLE IF NOT EXISTS "client_statuslog" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "created_at" TIMESTAMPTZ NOT NULL,
    "status" VARCHAR(20) NOT NULL,
    "computer_id" INT NOT NULL REFERENCES "client_computer" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_client_stat_created_69c83d" ON "client_statuslog" ("created_at");
CREATE INDEX IF NOT EXISTS "idx_client_stat_compute_28394a" ON "client_statuslog" ("computer_id");
COMMENT ON COLUMN "client_statuslog"."id" IS 'Key';
COMMENT ON COLUMN "client_statuslog"."created_at" IS 'When';
COMMENT ON COLUMN "client_statuslog"."status" IS 'New status';
COMMENT ON COLUMN "client_statuslog"."computer_id" IS 'Computer';
COMMENT ON TABLE "client_statuslog" IS 'Changes of status';
CREATE TABLE IF NOT EXISTS "client_synchronization" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "created_at" TIMESTAMPTZ NOT NULL,
    "start_date" TIMESTAMPTZ,
    "consumer" VARCHAR(50),
    "pms_status_ok" BOOL NOT NULL,
    "computer_id" INT NOT NULL REFERENCES "client_computer" ("id") ON DELETE CASCADE,
    "project_id" INT REFERENCES "core_project" ("id") ON DELETE CASCADE,
    "user_id" INT NOT NULL REFERENCES "client_user" ("id") ON DELETE RESTRICT
);
CREATE INDEX IF NOT EXISTS "idx_client_sync_created_9dddf7" ON "client_synchronization" ("created_at");
CREATE INDEX IF NOT EXISTS "idx_client_sync_project_f73947" ON "client_synchronization" ("project_id");
CREATE INDEX IF NOT EXISTS "idx_client_sync_user_id_1d3e73" ON "client_synchronization" ("user_id");
CREATE INDEX IF NOT EXISTS "idx_client_sync_compute_b07511" ON "client_synchronization" ("computer_id", "created_at");
COMMENT ON COLUMN "client_synchronization"."id" IS 'Key';
COMMENT ON COLUMN "client_synchronization"."created_at" IS 'Its end';
COMMENT ON COLUMN "client_synchronization"."start_date" IS 'Its start, by the computer''s clock';
COMMENT ON COLUMN "client_synchronization"."consumer" IS 'Name and version of the agent';
COMMENT ON COLUMN "client_synchronization"."pms_status_ok" IS 'Whether the package manager ended well';
COMMENT ON COLUMN "client_synchronization"."computer_id" IS 'Computer';
COMMENT ON COLUMN "client_synchronization"."project_id" IS 'Project of the computer at that time';
COMMENT ON COLUMN "client_synchronization"."user_id" IS 'Who was signed in';
COMMENT ON TABLE "client_synchronization" IS 'Completed synchronizations';
CREATE TABLE IF NOT EXISTS "client_error" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "created_at" TIMESTAMPTZ NOT NULL,
    "description" TEXT,
    "checked" BOOL NOT NULL,
    "computer_id" INT NOT NULL REFERENCES "client_computer" ("id") ON DELETE CASCADE,
    "project_id" INT NOT NULL REFERENCES "core_project" ("id") ON DELETE CASCADE,
    "synchronization_id" BIGINT REFERENCES "client_synchronization" ("id") ON DELETE SET NULL
);
CREATE INDEX IF NOT EXISTS "idx_client_erro_created_13aa01" ON "client_error" ("created_at");
CREATE INDEX IF NOT EXISTS "idx_client_erro_compute_e0983b" ON "client_error" ("computer_id");
CREATE INDEX IF NOT EXISTS "idx_client_erro_project_fb06aa" ON "client_error" ("project_id");
CREATE INDEX IF NOT EXISTS "idx_client_erro_synchro_dac6ea" ON "client_error" ("synchronization_id");
COMMENT ON COLUMN "client_error"."id" IS 'Key';
COMMENT ON COLUMN "client_error"."created_at" IS 'When';
COMMENT ON COLUMN "client_error"."description" IS 'What the computer said';
COMMENT ON COLUMN "client_error"."checked" IS 'Whether somebody looked at it';
COMMENT ON COLUMN "client_error"."computer_id" IS 'Computer';
COMMENT ON COLUMN "client_error"."project_id" IS 'Project at that time';
COMMENT ON COLUMN "client_error"."synchronization_id" IS 'Synchronization in which it happened';
COMMENT ON TABLE "client_error" IS 'Failures that computers reported';
CREATE TABLE IF NOT EXISTS "client_fault" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "created_at" TIMESTAMPTZ NOT NULL,
    "result" TEXT,
    "checked" BOOL NOT NULL,
    "computer_id" INT NOT NULL REFERENCES "client_computer" ("id") ON DELETE CASCADE,
    "fault_definition_id" INT NOT NULL REFERENCES "client_faultdefinition" ("id") ON DELETE CASCADE,
    "project_id" INT NOT NULL REFERENCES "core_project" ("id") ON DELETE CASCADE,
    "synchronization_id" BIGINT REFERENCES "client_synchronization" ("id") ON DELETE SET NULL
);
CREATE INDEX IF NOT EXISTS "idx_client_faul_created_f08a23" ON "client_fault" ("created_at");
CREATE INDEX IF NOT EXISTS "idx_client_faul_compute_d086ea" ON "client_fault" ("computer_id");
CREATE INDEX IF NOT EXISTS "idx_client_faul_fault_d_d50704" ON "client_fault" ("fault_definition_id");
CREATE INDEX IF NOT EXISTS "idx_client_faul_project_02a082" ON "client_fault" ("project_id");
CREATE INDEX IF NOT EXISTS "idx_client_faul_synchro_c77f54" ON "client_fault" ("synchronization_id");
COMMENT ON COLUMN "client_fault"."id" IS 'Key';
COMMENT ON COLUMN "client_fault"."created_at" IS 'When';
COMMENT ON COLUMN "client_fault"."result" IS 'What the code printed';
COMMENT ON COLUMN "client_fault"."checked" IS 'Whether somebody looked at it';
COMMENT ON COLUMN "client_fault"."computer_id" IS 'Computer';
COMMENT ON COLUMN "client_fault"."fault_definition_id" IS 'What found it';
COMMENT ON COLUMN "client_fault"."project_id" IS 'Project at that time';
COMMENT ON COLUMN "client_fault"."synchronization_id" IS 'Synchronization in which it was found';
COMMENT ON TABLE "client_fault" IS 'Faults found on computers';
CREATE TABLE IF NOT EXISTS "hardware_node" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "level" INT NOT NULL,
    "width" BIGINT,
    "name" TEXT NOT NULL,
    "class_name" TEXT NOT NULL,
    "enabled" BOOL NOT NULL,
    "claimed" BOOL NOT NULL,
    "description" TEXT,
    "vendor" TEXT,
    "product" TEXT,
    "version" TEXT,
    "serial" TEXT,
    "bus_info" TEXT,
    "physid" TEXT,
    "slot" TEXT,
    "size" BIGINT,
    "capacity" BIGINT,
    "clock" BIGINT,
    "dev" TEXT,
    "computer_id" INT NOT NULL REFERENCES "client_computer" ("id") ON DELETE CASCADE,
    "parent_id" BIGINT REFERENCES "hardware_node" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_hardware_no_compute_d6c0e4" ON "hardware_node" ("computer_id");
CREATE INDEX IF NOT EXISTS "idx_hardware_no_parent__a69823" ON "hardware_node" ("parent_id");
COMMENT ON COLUMN "hardware_node"."id" IS 'Key';
COMMENT ON COLUMN "hardware_node"."level" IS 'Depth in the tree, from 1';
COMMENT ON COLUMN "hardware_node"."width" IS 'Bits';
COMMENT ON COLUMN "hardware_node"."name" IS 'Identifier that lshw gives';
COMMENT ON COLUMN "hardware_node"."class_name" IS 'Class that lshw gives';
COMMENT ON COLUMN "hardware_node"."enabled" IS 'Whether it is switched on';
COMMENT ON COLUMN "hardware_node"."claimed" IS 'Whether a driver uses it';
COMMENT ON COLUMN "hardware_node"."description" IS 'What it is';
COMMENT ON COLUMN "hardware_node"."vendor" IS 'Maker';
COMMENT ON COLUMN "hardware_node"."product" IS 'Model';
COMMENT ON COLUMN "hardware_node"."version" IS 'Revision';
COMMENT ON COLUMN "hardware_node"."serial" IS 'Serial number or hardware address';
COMMENT ON COLUMN "hardware_node"."bus_info" IS 'Place on its bus';
COMMENT ON COLUMN "hardware_node"."physid" IS 'Physical identifier';
COMMENT ON COLUMN "hardware_node"."slot" IS 'Slot';
COMMENT ON COLUMN "hardware_node"."size" IS 'Size in the unit of its class';
COMMENT ON COLUMN "hardware_node"."capacity" IS 'Capacity in the unit of its class';
COMMENT ON COLUMN "hardware_node"."clock" IS 'Hertz';
COMMENT ON COLUMN "hardware_node"."dev" IS 'Device number';
COMMENT ON COLUMN "hardware_node"."computer_id" IS 'Computer';
COMMENT ON COLUMN "hardware_node"."parent_id" IS 'What holds it';
COMMENT ON TABLE "hardware_node" IS 'Parts of computers';
CREATE TABLE IF NOT EXISTS "hardware_logicalname" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "node_id" BIGINT NOT NULL REFERENCES "hardware_node" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_hardware_lo_node_id_4990b7" ON "hardware_logicalname" ("node_id");
COMMENT ON COLUMN "hardware_logicalname"."id" IS 'Key';
COMMENT ON COLUMN "hardware_logicalname"."name" IS 'Such as /dev/sda';
COMMENT ON COLUMN "hardware_logicalname"."node_id" IS 'Part';
COMMENT ON TABLE "hardware_logicalname" IS 'Names of parts in the operating system';
CREATE TABLE IF NOT EXISTS "hardware_capability" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "node_id" BIGINT NOT NULL REFERENCES "hardware_node" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_hardware_ca_node_id_9fded6" UNIQUE ("node_id", "name")
);
COMMENT ON COLUMN "hardware_capability"."id" IS 'Key';
COMMENT ON COLUMN "hardware_capability"."name" IS 'Name';
COMMENT ON COLUMN "hardware_capability"."description" IS 'What it means';
COMMENT ON COLUMN "hardware_capability"."node_id" IS 'Part';
COMMENT ON TABLE "hardware_capability" IS 'What parts can do';
CREATE TABLE IF NOT EXISTS "hardware_configuration" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "value" TEXT,
    "node_id" BIGINT NOT NULL REFERENCES "hardware_node" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_hardware_co_node_id_32ec48" UNIQUE ("node_id", "name")
);
COMMENT ON COLUMN "hardware_configuration"."id" IS 'Key';
COMMENT ON COLUMN "hardware_configuration"."name" IS 'Name';
COMMENT ON COLUMN "hardware_configuration"."value" IS 'Value';
COMMENT ON COLUMN "hardware_configuration"."node_id" IS 'Part';
COMMENT ON TABLE "hardware_configuration" IS 'How parts are set up';
CREATE TABLE IF NOT EXISTS "app_catalog_category" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL UNIQUE
);
COMMENT ON COLUMN "app_catalog_category"."id" IS 'Key';
COMMENT ON COLUMN "app_catalog_category"."name" IS 'Name';
COMMENT ON TABLE "app_catalog_category" IS 'Shelves of the catalogue';
CREATE TABLE IF NOT EXISTS "app_catalog_application" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL UNIQUE,
    "description" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "score" INT NOT NULL,
    "icon" VARCHAR(100),
    "level" VARCHAR(1) NOT NULL,
    "category_id" INT NOT NULL REFERENCES "app_catalog_category" ("id") ON DELETE RESTRICT
);
CREATE INDEX IF NOT EXISTS "idx_app_catalog_categor_8aeb28" ON "app_catalog_application" ("category_id");
COMMENT ON COLUMN "app_catalog_application"."id" IS 'Key';
COMMENT ON COLUMN "app_catalog_application"."name" IS 'Name';
COMMENT ON COLUMN "app_catalog_application"."description" IS 'Text in Markdown';
COMMENT ON COLUMN "app_catalog_application"."created_at" IS 'When it was added';
COMMENT ON COLUMN "app_catalog_application"."score" IS 'From 1 to 5';
COMMENT ON COLUMN "app_catalog_application"."icon" IS 'Path of its picture';
COMMENT ON COLUMN "app_catalog_application"."level" IS 'U for users, A for administrators';
COMMENT ON COLUMN "app_catalog_application"."category_id" IS 'Shelf';
COMMENT ON TABLE "app_catalog_application" IS 'Applications that people may install';
CREATE TABLE IF NOT EXISTS "app_catalog_packagesbyproject" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "packages_to_install" TEXT NOT NULL,
    "application_id" INT NOT NULL REFERENCES "app_catalog_application" ("id") ON DELETE CASCADE,
    "project_id" INT NOT NULL REFERENCES "core_project" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_app_catalog_applica_6dcf14" UNIQUE ("application_id", "project_id")
);
CREATE INDEX IF NOT EXISTS "idx_app_catalog_project_a4bbef" ON "app_catalog_packagesbyproject" ("project_id");
COMMENT ON COLUMN "app_catalog_packagesbyproject"."id" IS 'Key';
COMMENT ON COLUMN "app_catalog_packagesbyproject"."packages_to_install" IS 'Names, one per line';
COMMENT ON COLUMN "app_catalog_packagesbyproject"."application_id" IS 'Application';
COMMENT ON COLUMN "app_catalog_packagesbyproject"."project_id" IS 'Project';
COMMENT ON TABLE "app_catalog_packagesbyproject" IS 'Packages of applications per project';
CREATE TABLE IF NOT EXISTS "app_catalog_policy" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(50) NOT NULL UNIQUE,
    "enabled" BOOL NOT NULL,
    "exclusive" BOOL NOT NULL,
    "comment" TEXT
);
COMMENT ON COLUMN "app_catalog_policy"."id" IS 'Key';
COMMENT ON COLUMN "app_catalog_policy"."name" IS 'Name for people';
COMMENT ON COLUMN "app_catalog_policy"."enabled" IS 'Whether it applies';
COMMENT ON COLUMN "app_catalog_policy"."exclusive" IS 'Whether what the other groups install is removed';
COMMENT ON COLUMN "app_catalog_policy"."comment" IS 'Notes of the administrators';
COMMENT ON TABLE "app_catalog_policy" IS 'Applications installed or removed by group';
CREATE TABLE IF NOT EXISTS "app_catalog_policygroup" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "priority" INT NOT NULL,
    "policy_id" INT NOT NULL REFERENCES "app_catalog_policy" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_app_catalog_policy__b42c86" UNIQUE ("policy_id", "priority")
);
COMMENT ON COLUMN "app_catalog_policygroup"."id" IS 'Key';
COMMENT ON COLUMN "app_catalog_policygroup"."priority" IS 'The lowest comes first';
COMMENT ON COLUMN "app_catalog_policygroup"."policy_id" IS 'Policy it belongs to';
COMMENT ON TABLE "app_catalog_policygroup" IS 'Groups of policies';
CREATE TABLE IF NOT EXISTS "mgi_config" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "template_id" VARCHAR(100) NOT NULL,
    "build_type" VARCHAR(20) NOT NULL,
    "base_os" VARCHAR(255) NOT NULL,
    "partition" TEXT NOT NULL,
    "provision_script" TEXT NOT NULL,
    "image_format" VARCHAR(10) NOT NULL,
    "config" JSONB NOT NULL,
    "project_id" INT NOT NULL UNIQUE REFERENCES "core_project" ("id") ON DELETE CASCADE
);
COMMENT ON COLUMN "mgi_config"."id" IS 'Key';
COMMENT ON COLUMN "mgi_config"."template_id" IS 'Template it was made from';
COMMENT ON COLUMN "mgi_config"."build_type" IS 'docker, qemu_win or qemu_lnx';
COMMENT ON COLUMN "mgi_config"."base_os" IS 'Where a build starts from';
COMMENT ON COLUMN "mgi_config"."partition" IS 'Disk layout in YAML';
COMMENT ON COLUMN "mgi_config"."provision_script" IS 'Script run in the image';
COMMENT ON COLUMN "mgi_config"."image_format" IS 'raw, wim or squashfs';
COMMENT ON COLUMN "mgi_config"."config" IS 'Options of the build type';
COMMENT ON COLUMN "mgi_config"."project_id" IS 'Project';
COMMENT ON TABLE "mgi_config" IS 'How images are built';
CREATE TABLE IF NOT EXISTS "mgi_flavour" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "description" TEXT NOT NULL,
    "enabled" BOOL NOT NULL,
    "user" VARCHAR(255) NOT NULL,
    "password" VARCHAR(255) NOT NULL,
    "keymap" VARCHAR(50) NOT NULL,
    "keyboard_model" VARCHAR(50) NOT NULL,
    "charmap" VARCHAR(50) NOT NULL,
    "codeset" VARCHAR(50) NOT NULL,
    "timezone" VARCHAR(100) NOT NULL,
    "hostname" VARCHAR(255) NOT NULL,
    "config_id" BIGINT NOT NULL REFERENCES "mgi_config" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_mgi_flavour_config__91b816" ON "mgi_flavour" ("config_id");
COMMENT ON COLUMN "mgi_flavour"."id" IS 'Key';
COMMENT ON COLUMN "mgi_flavour"."name" IS 'Name for people';
COMMENT ON COLUMN "mgi_flavour"."description" IS 'What it is for';
COMMENT ON COLUMN "mgi_flavour"."enabled" IS 'Whether it is built';
COMMENT ON COLUMN "mgi_flavour"."user" IS 'Account in the image';
COMMENT ON COLUMN "mgi_flavour"."password" IS 'Its password or hash';
COMMENT ON COLUMN "mgi_flavour"."keymap" IS 'Keyboard layout';
COMMENT ON COLUMN "mgi_flavour"."keyboard_model" IS 'Keyboard model';
COMMENT ON COLUMN "mgi_flavour"."charmap" IS 'Character map';
COMMENT ON COLUMN "mgi_flavour"."codeset" IS 'Console code set';
COMMENT ON COLUMN "mgi_flavour"."timezone" IS 'Time zone';
COMMENT ON COLUMN "mgi_flavour"."hostname" IS 'Host name';
COMMENT ON COLUMN "mgi_flavour"."config_id" IS 'Configuration';
COMMENT ON TABLE "mgi_flavour" IS 'Variants of images';
CREATE TABLE IF NOT EXISTS "mgi_release" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "description" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "config_id" BIGINT NOT NULL REFERENCES "mgi_config" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_mgi_release_config__65bb25" ON "mgi_release" ("config_id");
COMMENT ON COLUMN "mgi_release"."id" IS 'Key';
COMMENT ON COLUMN "mgi_release"."name" IS 'Name for people';
COMMENT ON COLUMN "mgi_release"."description" IS 'What is new';
COMMENT ON COLUMN "mgi_release"."created_at" IS 'When it was made';
COMMENT ON COLUMN "mgi_release"."config_id" IS 'Configuration';
COMMENT ON TABLE "mgi_release" IS 'Versions of images';
CREATE TABLE IF NOT EXISTS "mgi_build" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "task_id" VARCHAR(255) NOT NULL,
    "status" VARCHAR(50) NOT NULL,
    "started_at" TIMESTAMPTZ,
    "finished_at" TIMESTAMPTZ,
    "uri" TEXT NOT NULL,
    "size" BIGINT,
    "log" TEXT NOT NULL,
    "published" BOOL NOT NULL,
    "flavour_id" BIGINT NOT NULL REFERENCES "mgi_flavour" ("id") ON DELETE CASCADE,
    "release_id" BIGINT NOT NULL REFERENCES "mgi_release" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_mgi_build_flavour_e7e0b6" ON "mgi_build" ("flavour_id");
CREATE INDEX IF NOT EXISTS "idx_mgi_build_release_42e866" ON "mgi_build" ("release_id");
COMMENT ON COLUMN "mgi_build"."id" IS 'Key';
COMMENT ON COLUMN "mgi_build"."task_id" IS 'Identifier at the builder';
COMMENT ON COLUMN "mgi_build"."status" IS 'queued, running, completed or failed';
COMMENT ON COLUMN "mgi_build"."started_at" IS 'When it started';
COMMENT ON COLUMN "mgi_build"."finished_at" IS 'When it ended';
COMMENT ON COLUMN "mgi_build"."uri" IS 'Where the image is';
COMMENT ON COLUMN "mgi_build"."size" IS 'Bytes';
COMMENT ON COLUMN "mgi_build"."log" IS 'What the builder said';
COMMENT ON COLUMN "mgi_build"."published" IS 'Whether people may fetch it';
COMMENT ON COLUMN "mgi_build"."flavour_id" IS 'Variant';
COMMENT ON COLUMN "mgi_build"."release_id" IS 'Version';
COMMENT ON TABLE "mgi_build" IS 'Runs of the image builder';
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSONB NOT NULL
);
CREATE TABLE IF NOT EXISTS "core_attributeset_excluded_attributes" (
    "attributeset_id" INT NOT NULL REFERENCES "core_attributeset" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_attributeset_excluded_attributes" IS 'One of these prevents a match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_attrib_attribu_597eb6" ON "core_attributeset_excluded_attributes" ("attributeset_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "core_attributeset_included_attributes" (
    "attributeset_id" INT NOT NULL REFERENCES "core_attributeset" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_attributeset_included_attributes" IS 'One of these is enough to match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_attrib_attribu_f885c5" ON "core_attributeset_included_attributes" ("attributeset_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "core_singularity_excluded_attributes" (
    "singularity_id" INT NOT NULL REFERENCES "core_singularity" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_singularity_excluded_attributes" IS 'One of these prevents a match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_singul_singula_0da168" ON "core_singularity_excluded_attributes" ("singularity_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "core_singularity_included_attributes" (
    "singularity_id" INT NOT NULL REFERENCES "core_singularity" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_singularity_included_attributes" IS 'One of these is enough to match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_singul_singula_9e85e8" ON "core_singularity_included_attributes" ("singularity_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "core_packageset_packages" (
    "packageset_id" INT NOT NULL REFERENCES "core_packageset" ("id") ON DELETE CASCADE,
    "package_id" INT NOT NULL REFERENCES "core_package" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_packageset_packages" IS 'Packages of the set';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_packag_package_26e5b0" ON "core_packageset_packages" ("packageset_id", "package_id");
CREATE TABLE IF NOT EXISTS "auth_user_user_permissions" (
    "user_id" INT NOT NULL REFERENCES "auth_user" ("id") ON DELETE CASCADE,
    "permission_id" INT NOT NULL REFERENCES "auth_permission" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "auth_user_user_permissions" IS 'Permissions of the account besides those of its roles';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_auth_user_u_user_id_485e58" ON "auth_user_user_permissions" ("user_id", "permission_id");
CREATE TABLE IF NOT EXISTS "auth_user_groups" (
    "user_id" INT NOT NULL REFERENCES "auth_user" ("id") ON DELETE CASCADE,
    "group_id" INT NOT NULL REFERENCES "auth_group" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "auth_user_groups" IS 'Roles of the account';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_auth_user_g_user_id_e50bb9" ON "auth_user_groups" ("user_id", "group_id");
CREATE TABLE IF NOT EXISTS "core_domain_tags" (
    "domain_id" INT NOT NULL REFERENCES "core_domain" ("id") ON DELETE CASCADE,
    "serverattribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_domain_tags" IS 'Tags its administrators may use';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_domain_domain__58e9b2" ON "core_domain_tags" ("domain_id", "serverattribute_id");
CREATE TABLE IF NOT EXISTS "core_domain_excluded_attributes" (
    "domain_id" INT NOT NULL REFERENCES "core_domain" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_domain_excluded_attributes" IS 'One of these prevents a match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_domain_domain__e1cd79" ON "core_domain_excluded_attributes" ("domain_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "core_domain_included_attributes" (
    "domain_id" INT NOT NULL REFERENCES "core_domain" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_domain_included_attributes" IS 'One of these is enough to match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_domain_domain__d40a20" ON "core_domain_included_attributes" ("domain_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "auth_group_permissions" (
    "group_id" INT NOT NULL REFERENCES "auth_group" ("id") ON DELETE CASCADE,
    "permission_id" INT NOT NULL REFERENCES "auth_permission" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "auth_group_permissions" IS 'Permissions of the group';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_auth_group__group_i_cc817e" ON "auth_group_permissions" ("group_id", "permission_id");
CREATE TABLE IF NOT EXISTS "core_scope_excluded_attributes" (
    "scope_id" INT NOT NULL REFERENCES "core_scope" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_scope_excluded_attributes" IS 'One of these prevents a match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_scope__scope_i_a8e9f7" ON "core_scope_excluded_attributes" ("scope_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "core_scope_included_attributes" (
    "scope_id" INT NOT NULL REFERENCES "core_scope" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_scope_included_attributes" IS 'One of these is enough to match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_scope__scope_i_97b821" ON "core_scope_included_attributes" ("scope_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "core_userprofile_domains" (
    "userprofile_id" INT NOT NULL REFERENCES "core_userprofile" ("user_ptr_id") ON DELETE CASCADE,
    "domain_id" INT NOT NULL REFERENCES "core_domain" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_userprofile_domains" IS 'Domains it administers';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_userpr_userpro_68a0ca" ON "core_userprofile_domains" ("userprofile_id", "domain_id");
CREATE TABLE IF NOT EXISTS "core_deployment_available_packages" (
    "deployment_id" INT NOT NULL REFERENCES "core_deployment" ("id") ON DELETE CASCADE,
    "package_id" INT NOT NULL REFERENCES "core_package" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_deployment_available_packages" IS 'Published packages';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_deploy_deploym_ff7ede" ON "core_deployment_available_packages" ("deployment_id", "package_id");
CREATE TABLE IF NOT EXISTS "core_deployment_available_package_sets" (
    "deployment_id" INT NOT NULL REFERENCES "core_deployment" ("id") ON DELETE CASCADE,
    "packageset_id" INT NOT NULL REFERENCES "core_packageset" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_deployment_available_package_sets" IS 'Published sets';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_deploy_deploym_a191d1" ON "core_deployment_available_package_sets" ("deployment_id", "packageset_id");
CREATE TABLE IF NOT EXISTS "core_deployment_excluded_attributes" (
    "deployment_id" INT NOT NULL REFERENCES "core_deployment" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_deployment_excluded_attributes" IS 'One of these prevents a match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_deploy_deploym_d86724" ON "core_deployment_excluded_attributes" ("deployment_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "core_deployment_included_attributes" (
    "deployment_id" INT NOT NULL REFERENCES "core_deployment" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_deployment_included_attributes" IS 'One of these is enough to match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_deploy_deploym_14ad6e" ON "core_deployment_included_attributes" ("deployment_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "core_scheduledelay_attributes" (
    "scheduledelay_id" INT NOT NULL REFERENCES "core_scheduledelay" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "core_scheduledelay_attributes" IS 'Who is in the wave';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_core_schedu_schedul_708540" ON "core_scheduledelay_attributes" ("scheduledelay_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "client_faultdefinition_users" (
    "faultdefinition_id" INT NOT NULL REFERENCES "client_faultdefinition" ("id") ON DELETE CASCADE,
    "userprofile_id" INT NOT NULL REFERENCES "core_userprofile" ("user_ptr_id") ON DELETE CASCADE
);
COMMENT ON TABLE "client_faultdefinition_users" IS 'Who should check its faults; nobody means everybody';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_client_faul_faultde_11f4f7" ON "client_faultdefinition_users" ("faultdefinition_id", "userprofile_id");
CREATE TABLE IF NOT EXISTS "client_faultdefinition_excluded_attributes" (
    "faultdefinition_id" INT NOT NULL REFERENCES "client_faultdefinition" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "client_faultdefinition_excluded_attributes" IS 'One of these prevents a match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_client_faul_faultde_461635" ON "client_faultdefinition_excluded_attributes" ("faultdefinition_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "client_faultdefinition_included_attributes" (
    "faultdefinition_id" INT NOT NULL REFERENCES "client_faultdefinition" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "client_faultdefinition_included_attributes" IS 'One of these is enough to match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_client_faul_faultde_40523e" ON "client_faultdefinition_included_attributes" ("faultdefinition_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "device_model_connections" (
    "model_id" INT NOT NULL REFERENCES "device_model" ("id") ON DELETE CASCADE,
    "connection_id" INT NOT NULL REFERENCES "device_connection" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "device_model_connections" IS 'Ways to reach the model';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_device_mode_model_i_76ee15" ON "device_model_connections" ("model_id", "connection_id");
CREATE TABLE IF NOT EXISTS "device_device_available_for_attributes" (
    "device_id" INT NOT NULL REFERENCES "device_device" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "device_device_available_for_attributes" IS 'Whose users may choose it';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_device_devi_device__76336e" ON "device_device_available_for_attributes" ("device_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "device_logical_attributes" (
    "logical_id" INT NOT NULL REFERENCES "device_logical" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "device_logical_attributes" IS 'Who has the device';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_device_logi_logical_c6328e" ON "device_logical_attributes" ("logical_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "client_computer_tags" (
    "computer_id" INT NOT NULL REFERENCES "client_computer" ("id") ON DELETE CASCADE,
    "serverattribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "client_computer_tags" IS 'Attributes that people assigned';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_client_comp_compute_2a7e12" ON "client_computer_tags" ("computer_id", "serverattribute_id");
CREATE TABLE IF NOT EXISTS "client_computer_sync_attributes" (
    "computer_id" INT NOT NULL REFERENCES "client_computer" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "client_computer_sync_attributes" IS 'Attributes of the last synchronization, tags included';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_client_comp_compute_7b0d8f" ON "client_computer_sync_attributes" ("computer_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "app_catalog_application_available_for_attributes" (
    "application_id" INT NOT NULL REFERENCES "app_catalog_application" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "app_catalog_application_available_for_attributes" IS 'Whose users may install it';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_app_catalog_applica_4b578d" ON "app_catalog_application_available_for_attributes" ("application_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "app_catalog_policy_excluded_attributes" (
    "policy_id" INT NOT NULL REFERENCES "app_catalog_policy" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "app_catalog_policy_excluded_attributes" IS 'One of these prevents a match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_app_catalog_policy__6b4013" ON "app_catalog_policy_excluded_attributes" ("policy_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "app_catalog_policy_included_attributes" (
    "policy_id" INT NOT NULL REFERENCES "app_catalog_policy" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "app_catalog_policy_included_attributes" IS 'One of these is enough to match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_app_catalog_policy__90a7d5" ON "app_catalog_policy_included_attributes" ("policy_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "app_catalog_policygroup_applications" (
    "policygroup_id" INT NOT NULL REFERENCES "app_catalog_policygroup" ("id") ON DELETE CASCADE,
    "application_id" INT NOT NULL REFERENCES "app_catalog_application" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "app_catalog_policygroup_applications" IS 'Applications of the group';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_app_catalog_policyg_eff63b" ON "app_catalog_policygroup_applications" ("policygroup_id", "application_id");
CREATE TABLE IF NOT EXISTS "app_catalog_policygroup_excluded_attributes" (
    "policygroup_id" INT NOT NULL REFERENCES "app_catalog_policygroup" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "app_catalog_policygroup_excluded_attributes" IS 'One of these prevents a match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_app_catalog_policyg_eb83f4" ON "app_catalog_policygroup_excluded_attributes" ("policygroup_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "app_catalog_policygroup_included_attributes" (
    "policygroup_id" INT NOT NULL REFERENCES "app_catalog_policygroup" ("id") ON DELETE CASCADE,
    "attribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "app_catalog_policygroup_included_attributes" IS 'One of these is enough to match';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_app_catalog_policyg_497644" ON "app_catalog_policygroup_included_attributes" ("policygroup_id", "attribute_id");
CREATE TABLE IF NOT EXISTS "mgi_flavour_tags" (
    "flavour_id" BIGINT NOT NULL REFERENCES "mgi_flavour" ("id") ON DELETE CASCADE,
    "serverattribute_id" INT NOT NULL REFERENCES "core_attribute" ("id") ON DELETE CASCADE
);
COMMENT ON TABLE "mgi_flavour_tags" IS 'Tags of the computers made from it';
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_mgi_flavour_flavour_dbee41" ON "mgi_flavour_tags" ("flavour_id", "serverattribute_id");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
    "eJztfWtz2ziy6F9h+cvsrdLMJs4kMzs5daocJ5l4N4l9bc/k7Ku0sARJPKZIDUHZ0Zyz97"
    "dfNMAHSIIkQIIUJPPLTCyhIbK70eh3/8/JOphjj3x3FkWhe7eN8MlPzv+c+GgN/yh/OXFO"
    "0GaTfQUfROjOY6tnQYinKLf2jkQhmkX02wXyCKYfzTGZhe4mcgMfYH5F3hYTJ1g4mzDY4D"
    "ByMXntRCvsRChc4oh9hR9wuItWrr+ETefBjO4Kf1D4Sx87yCePOHSiwEHJLrvXzuMKRc4c"
    "b7xgt8Y+3Qj5c2Enhz598iPfwbZb3/1ti6dRQD9Y4ZBu/ve/nyTbwWvBogd43JN//pP+0/"
    "Xn+CsmsA7+3NxPFy725jn8uXMAYp9Po92GfXbhR+/ZQniVu+ks8LZrP1u8oY8X+Olq12e/"
    "u8Q+DlGEYfso3AIi/a3nxZhPcMtfIVvCH1GAmeMF2npADoDmD5B9djKdfr68nd68u51OT8"
    "qk+gumWH3uuMQ58zznZkcivCZFgsT7zgIfKE+fnjCELOGpvj19/v0P3//44tX3P9Il7MnT"
    "T374N3+aDFcckGHs8+3Jv9n3KEJ8BUN7hmdOlhKqz1colOM6BSigmz50Ed0JcuvwnXyQIT"
    "xj9w4YZ4dj4vCfcVzfcSkbJyypiPk1+jr1sL+MVoDul89q8Pzr2fX5h7PrP9BV/wd2D+jR"
    "5Sf7c/zVKf8OiJEhX3zoEglu8dcKdi+AtSJEzNZ90+ELiBKQSYxtnDWmEkcN/TXYvn33X7"
    "ewyZqQ3zwRyX/4dPZfDP/rXfzNx8vPPyfLBaKcf7x8U6CFF/hLN9rOJYfhvRegClLkoAqE"
    "WACYPaR4i5chphcGRiTqTIK3l7+8+fjOubp+d35xc3H5OYd0/iV8RD9w2cV4cv3u7GMR4y"
    "hqgXAB6DDw7QchlSA2IFy8kqdaF6wEsvm23aP4v4qfl4r9WMcZ8LoFnWZxL71ti0pRge2p"
    "FugufaotMCpc0CdD/kzG6rF2eSVcaIeO+X8nPJd8mp3UED2mGqKMFSliKDow5/vzs5vzs7"
    "fvThgZ7tDs/hGF82mOHvBNcBoUPknXlr9an66l5Ew1doKjKf4686hgkhyrT8jf3QbwX0W6"
    "plbDDW51qnpRYsFeoBYFvcyp9r8JqT3ATANnjaKZnnyT0Zi9+bTKeorxEGIPsJAuS1CemU"
    "6M2RZByAh5j3clKnGOSWldXBJ/H63CYLsEva9gmomELvyqlAvp59OiBZKTyfmH858QC1Fr"
    "CPuAZTA/98hECdKHZaKKX23HRITia+uh0KVi0aAYusm2tZOFhpFCBTS0E0Iiidqxj4zIxr"
    "nHoASynnuGEkAN/KMmf8zyj1HpMw/WFAvTCC2JAbZ5y3azhmNu6Vsx5xGar13fBYpHQUgo"
    "v+ycLcH9cEyGgyKzpEjOc0dMAjljEBw+ACLr2aNAxU6sYPAOsowd9nD9VDOD2s1TyxuKXG"
    "H0vkkeyNxVYzOTDHXLVLOJ2gVjgk3MKrUzaugbVWdhQzuZZCBFNkFASxWWEaSl8pEjpkH+"
    "MKmw2ssfg6mqVRyiqKR25hCzimkawjaqkaS72skrA2klOSy01Ewy+rS8dsoENs04JrUUyx"
    "lnME2llnUUtRWDrGNY5nhoZ8IOvpmt8Hzr4bewoTUM82UVAJ+4PgvqP6KHnizg0tsX2aTh"
    "HuLQjBit7yNxDxOsQU3rJX2DWbDe0I1CE0xyHu9lDX+kznZCGQRFzgYHGw87iBB36XMpap"
    "5ZRCwoOkwSIrR2mXguiI50m25uk6fCEvyqcTxEIofs/BnFp+/+jmDlxImYp024bodlFHie"
    "+jungWc0uEXyW+0Yh5GAUsL1XUCiSTX3PWz9Nt3aGnbag64rQUU7hbdIrraMVEX2XnjKoA"
    "Z8EDw1lBqswFVqunBfXGVUL0YPyGVEpcAP7gwbCRWxnazhIqobU/bZUt2Bh4dmqwA+cPWy"
    "LTXMqOTtS7pximvKKU12FGyizzIxXPy/uh9sxy5esHRnyDPILB/5jjZxi7NChClE85SU5t"
    "lEeG8tGyqhQFvWSOCNCI/NxqObAepMsMJZtp1N7JATHi68hef1Jj0KOOggQgTi6DMLBZ5S"
    "WES5ZSpuZF6ibAK6udH0qCu2ozUctAfFOMNAO304pkknrinQ1SSvGNR8beaVoRTeam5R03"
    "MNcotR1ZbvuaS/tzEvXn6Gbe3kmyFlTIqGLoKGk8gA/+RpbZyJjMsdi5loWOFTyUY6Esgw"
    "GxmVRQsPPQRbI47k93wra9iGZWLGHuTUYU5ZZo6dRRise9OUBTwoBhdiIrSNLayX7jTZQj"
    "+uwOqVkI+W7CNAwb8nmdYv1kLUtSuIayVUOxaQeHlj04LP9PfmQL471+f2HJA0z/m5LgVn"
    "jl8EyUNMIDsXewtqO8GzOQjaFWTfVzUoeKp9CNTOSN9dB9j/S3itbjqQrDfTc6AX3LKOA8"
    "CakCxOF2UsqIjyXLsBpW4DNc0GnnSvASqNQK+gUlnrRhis1QD2ATESwfImCDyMfDklBKgC"
    "Fe4oWJtzoEKH5Gho0YFJWagABu0OOj+wh+pKizeXlx9ztHhzUUT2L5/evLv+w3NGmKwUPp"
    "FHY7OHsdnDUTd7KHUeGKAGvspyMlS+bM39vt/aZamPvrJ0vKJ0uclmzUqbeytdZrTKX4YV"
    "Dpyj5p+B2yc0ck/Obdkv93TxmnHuqbVw05YoEutWbJfSYNmKrcKardr/u8WEG7OI3FNjFd"
    "0F24h3zEtdFRLL9rcYrAbqNa895Y1UHBRiwfIdTVsbTVt6tBfuVx3jNoOw2LxlnlPeCRLe"
    "lNT4bFTs2xcK5u2LSuv2RdG43a8/oSedEnxlYMTGSdR2uBFG23Xftus9fWUdXk/WD8frJ5"
    "9PdFl94nw7cT5OnOuJ8+efnFXwSDUj3jLyDtO7sLO8ea5wDp5XHoPnxVNAqJmnQ4Nk/YA0"
    "4EmduoS4Q8SdTRwO7FDZw6MVPzmPqyBRSohyqKVAAxVh9LxaGD0vCSO0jYIpmutKIxHsMM"
    "QR1XXBWoDEMPrc/GR076Nq0qGG/OWWPqWGRimCDNdM8pkmBT7GT5lFHueqN7ERRVMsEpJ5"
    "z6o998l6m13274NwvfXQa2oQA9pikU/FDvvH/ysEH+zw5Gs42WRt/iSyKoZ9/5drsNHlkR"
    "YTfo1DaflZ0Z3M7Yq8jh3J+kbfI0sBhmMLmAzxxkMzTSlfRmVHP2+tr0XEp8TdUkB3g8eF"
    "FFY3Ol3efZ3hDfe6RAHYSSBJWNTPIVRjdHJFlXnPi+/gBJjPPoihJcDVAw5SG7LQ05eKso"
    "C9xZOddWCHI+bpWKoscd4uffAIEzysdMekwkZdgIggVjdxv6Xq9spdrjCJnEdXdW6EabV7"
    "tGxGy6a9ZcMEBo/5VeojdiQlHcRwCBNy3Ii+/ZTnRFhDhEMcGTGmy+wr4aGyzblevkO5EX"
    "dfjbbHXBlbcmUq5yv0yTp9J8rQh0PsFivnycRfTZrTZISVjQ6beFvikIjCzh1qvWIeYsK+"
    "E/h1Dhsn/qGJg11m9Ra2CHxv59z7waPPa4FAn3V9YJsg3AErKfhz6C3x33jGr1uKKoaTog"
    "sntyqxWR/otrHfEYWzFbWJZ9E2jIFHh89gDp+UaiXcVvsdRBirk0Heux52kifVHl75g9Lw"
    "yh9qhlf+UHI9HG/OTTIulMsch4tQaBXqEDa6tRUJnimR4FkNCZ6VSCBIHlUqCCBWE+JX/p"
    "y90OKVCileVVPiVTkRQZT7GtQowllNkjPhYSdw6+L1puUwXbWzUHMUyn5Qdi1rOy4EIKt9"
    "oVf8UcFGvsNQhwRBr/1465jqpYdoEaQVmpuddiY0mZsV9havGaTzuGJKqbdL9UiXaq6gYq"
    "pnP/XuI0r11c7uoWSnw2d3DaeQcPjl/qAS2xtA9k2yzzGyvCryRYGQQ/31u5vb64vz2zpf"
    "XEaTlQsbSYJfOlkhsVn6IdvLlkOQGddDJYAIxpTrSbg9weulj28D+h9l7L6Pt7MjOAORxY"
    "0x7Fa5euNfmBIcmXDTxZi0aZ5r6tGJQ4hxG5Aeuvfk3r3onosRLe3YE39VObQ1IZLcHyeA"
    "iz/SdaqImea31k0TudreeS5Z4bkjImvoASJZ68gavmicH1LPFwK4/OcM9esRpWe1ozYRrm"
    "rO2kSyNztsYV92tmNva/KCrAqMnnc3dNY4QuCQK7lsWTOODWcI+pHjYzxniXpMn4AOPoVd"
    "Jw4J+MwIP3DgGSFqFGI0d9CS8kTXYsc8PVUNxByQGQOxn95Yuhda375YskKnL1/puEIyiL"
    "6cICYQ/QGRVVoEmYzBSU0DbUfU9yqOqO+rHVHfF/0g6/lLHaTHy612OzGUQxpN4M0LfkDV"
    "XJpC7empSvHpaXX16WmpHMz9XaYsu8tqj0gMYbXT6c1OvdqOy5M/nZ6+ePHD6bMXr358+f"
    "0PP7z88VkqWMpf1UmYNxc/g5DJUaDsihJvH9XkMRHGar5/50fhLskfc9jmE+fRpU+8jfgF"
    "GQteHR1rsHSyGb26Ixa8LhPnLf0mcte4IrsvB1kg0TwG/S75h0UE+wL+EzdyHhFxtlQ/RM"
    "pzjE5Az7n0vd1JajZUEuvi07ub27NPVzmKvT27fQffnOaolXz6h1cFWZZu4ny5uP3gwJ/O"
    "3y4/Mw11E5BoGbJfzNbd/g2cYbxwkupvrHgyvVCTTxM8dmtDVFLZyvyTeB/0DOfDVdaUXZ"
    "o5dVUhxa1T9Y9gk1ebJmp9RDMzW80wSf0OzF6ArijcIKPWRGobFA0SBRil3BBpXsiY6fGE"
    "2of2mHowcfivpGHvjO/2X2sydhC1Rrsaw909y54nE+5OOhbreWzH0PYY2j6I0HY79h4kjG"
    "2spCQX5jASY7TGVBo6wCiLJ5XCuNIIY30Yqbo3ZpcIY7lA5AmFGBNy7D28WMUYqiHGat6o"
    "izKmv2oq0kjfErpgnMhs+eS7SbMlLy5ttOP/QpmDnW2oz0MRxAnlWb0nZw60sZMtnThkO1"
    "vB2I+Prr/9OjZFHQ32wdpBTNi0Gd6bjWDKn+0a45kx1Vv1pYpVxY6NlezTsv9SIS263Ri9"
    "dlNKkChvXJ3gt7lvdbqyUfy+dQmvLGRNlFwfxs9KJO9cWAarAh87cRkJPwAOcSM2uxY6Q7"
    "52+NhaIgzpIivWudqhF98on0f5/DTlc87i9rZLHXwn6y3Hd2Jtz92QCiGePw7JMvTct8rU"
    "6KFf0lpy1dW0ZufLrY4bXFWVxmWaMdpYwvdPrk6OTJw7D/n33xK8QaF6K/G+6+VYzD7ES3"
    "q143Caq7wvqIGNjZTluwzYPC/9pEX3vExHwX4YeGl+zSzEc3qSXORZ1VYvMa81Az95KJub"
    "M3XT2/sOSwjOja5xCWGrY8C8cmgiz4odar+qvd4tir8suj16iA/lRUhtVVIL3LUsSDpQ9L"
    "GQT9c+1IpxsmPBWW1UQgdx3QISQ2LvtePDIC9ntkJ+57BjPrG2RlfTQOW5MJbMMkTyloDU"
    "ZgSUrgLdFOd69OEwDLri7h3sYSHiWPIS/MdVbROkhDL2FB1R9p69yZNB2dpdhny8fTe0fU"
    "r2sQh1n/GjXl6i2r2682erMPDd303g7Sa/mwL2BsowTPgu7bnMpXBffFjAKl297XwJF3B7"
    "Dltah+C4pQV/X4ZqeqtAyYyHu6aQ5FWb0H3ofBe/ZZtYdMSvjB9vNqJgZuJoJylBb3b2RR"
    "3N4K1lx4710oXNFq4ksqDft+NiTZF8nm5n1eE2gF+dKTfMWpPNt0nMuKbJNum6xogs5Cw+"
    "8HS3qozFkzOHJJmNKLmIv8kyHDWKWCZO7kMWZBorW55wILbHyhbrJqfsNwTbJ6YLQdhWHR"
    "r7mFQzlqyM1RQWYd1kNYWNAYuBdLKBOgjaEMMYEqNmC1d6TVw8mzEzW6YiJ1/VKsloG62m"
    "W8It4GYd+csqcAgVW5CxKFGON9QcD3xoT0wP7jJEa+5YSSBeO//iw63ZL/6L+5eZg4ArJ+"
    "VpBGPGoo2KMlBPV1kWYWzPpIs4k0O+LeSktNHhnispcc9rtLjnEjUOEfIYhBKersmiE2CG"
    "U59PTnTlrkfvqRUiq9e8s/lPzgz5fhAlhGhDg9OXL1VSt16+rM7dgu/yNFi4IYmm2qMucl"
    "AW0+E9PGjrWRe9cL2HWiA8B2Qxvj8i29CN18j1dFCdAliM5rP5PMSkVR706UuVRoF0VY0U"
    "KbUKdMmUbKm2lGheGnmfRVDLkz0/oZ0zDxxIyKAPCmjXUaZ7TukEXEZosWhBggTsANBPOY"
    "Up2Wi+dn2oJ0rtMovoQM0O90HWyLGBEBmc3SPDgRBauswwmGf3pBcsXUlbofpWgXlIA60C"
    "B7Lw2Y0LjwR+K6AInpugiU29ARM8lZoD5qLnlBLT/w5cH0vsiXrSF0APtE3kGinP3H6yLS"
    "KFkM0s2HTOvYU9LOKGy0e/3KxwmIQB5neLgnsskbv6CQO3yUZ2iNjY88gEbISgzYRuM7cG"
    "F3QYmBqR8gvVoq+y7ezAHzQpRZn3tqcRKcsw2G5MtKr5GTayxoN3HXhZzyIjWJxU9KpJ37"
    "vUpmYm5PrlG9MwpFf0pAGLrtyNJvXQTzOCtexQxHahpuPaJUSeDKbftCrdzRoGyB6pyAbO"
    "HSbunLWhhSz3OMoTAsP0wyF57GiwSUaklrwiI7Wp6dVvgzV99xNJyCn+ZtKYljXPFio0HA"
    "6jlJIsh5R55UVzNgiTBW7oBI/S0BTdRWkTYAm6xRh5sjHydIS9Mn7ZbKBWCRH82nlA3jaV"
    "S28/fXbS8fNtPJfm84hmwTopAMtToLoDsQBic/fhz0EkaA05odDdNWCqC7H1httAxOLXDA"
    "vPrtzZCuwMluOOSZwLw7zNj1Rim6zn2IR4gcOQXuB3HadeWml0xEj1AmpLzh02CuzRIPb2"
    "U4c6LO5YsgvVHaAV14Q13+HllFmjC+RBA68Qz7D7gLvnZXXMLBK0FX/mbeds8Et84ZgwDs"
    "7E28uKy/bSx7GQJ2zGHfZBdYaEjzWKZoqZHrpWQA4NRSOAa8LThAASWyAlSYUpkOwgb2Oa"
    "375A35Z2JP76BLmFiv8H1swM7ZtXEvT3xCsV1G3JKxFaHidz3NIXY3p6wYRc84jr/tgjxX"
    "ieNajO8QBY684gyQ+05Iiydt2RN/TUqWG4g2sEhKmm8fsqT0zUZYrC+8vZQsYS4CSKfelt"
    "2EEEF37EUFNs7l2VOJlSt2tDVvMyXdfoYrqWuQBPzphr8CdHcKM5S6q3+Y1Dq0Yn0egkMp"
    "+W3K2Kz1iyoIYXwph98hSDFqn8GjouIQQGNaMSYnSrGJbg37UPSeRUiFlVMw19xTKLEFrB"
    "CMOFL4U3V+YAIeykQ/s24UuFsRkZF8v6tud4vEFX2OQXNysM7nJVHoHCAvchfAUeBTSfT+"
    "IeZBOHvy9URj24+JG1cU+GaoSYalPz6tYB9NGnlAcxy2ZkL3DCiD/H4zjMp65s9FUFGfeu"
    "Pkc+sHHqwGyjd/RShZM7E6qozwEdBP55tWQrbe+Zkrb3rEbbe1YK/6XCRxXjKcBhYLsDl/"
    "eC71TGa6BchDkIrFP5MrUC8/uwa45YkbUoDatG05WmxCnrvCWDyGwuVimIeqQpm8Mav5Vp"
    "m/VsUJe52cgH7Y3fZjOIJ2fIeqQlWRtNPdLSdY12z6/UeMnn4km8ptzCEVPtWGAcdMlYAF"
    "DOgOIR5tGiZx97i2rzJyuOTVIGWeXjaPaMZs+T6JWWC8EosnEOxuIp6MYTuUwPoBfufkXU"
    "CxA2z3rRKH3quUOavAReuz1aB/V37xhW7YYm8FbzYPnsvuyI2Syp/zhlhir2c0I1h3/6qM"
    "7nXz5+HGTi/Jiqt6/0K6Ynd8nUizeQJlPkNx/z9A45T4/TskOaXjOjdE/Sq7UpeUGxxKZM"
    "K43rA2qssjmrb242LD8gssringyQ/SU6yEqhNug5+q3nPlBLMpsZyKBSU/N13BKT8gN0Fw"
    "NBco83UdfEnXssKQGotn7i5RYnmNx8OPv29OWrHAHa2D+vVJolvarulfQqbpVUbXlSSiej"
    "PHV6VghgY7+Kw+pXYZlB1sv569AyoRf7TEeRbbLlkm4MBxrI6KGbRdG0aDTstGyF2ptdTB"
    "aW3O+FXOIGz7GQAax2zX9hjuD4Tod2v/W+5C8FvzEFyHufu97jPDQTtREpGZTFYkW7k0jf"
    "fmOuvfJSSkzFgB7iK6B78nCaCXPDI7epqjTtyozdF21RXwVuv3d5T7ivcXmWcHm0XjqD1c"
    "TFO7OKIQ145sr3w9EpNcZaTElVmexuNKDOFM+NCR+W8mk5vmqx7NVL/YjKhXl5t1XOAy7r"
    "SJQvJjNZL1a2BBlqpyyTwK0YbajNFu9hz7fpltbwBxu7sQq23tyZrfDsnvmzGCwEPYK7YL"
    "5z1hhRDmLBD/i7H+aRIEiWUSVjHva4GblacREfHlLcKf1FQwk1QocJWY+rXP+Jpj5X+cVq"
    "9pHLkuE8em8GW1ZJ8LgK1iXbKJnFSe0huADnsFAca0t41g3zgU+cRRisHeSEeBMQFwaTKb"
    "S6GqcWHkImDvbhvSWore2cLUDZ3Tf7y4rxo8DWLbunyLBrsJH20SZETRz+KxBxZ0OxdObA"
    "joMk26ahJVnRqcC2A+FjB7g2csZYBzjJID5C7+ypC6qtJ6nNqSZLBbjVJKJvTiaseBJ6Jn"
    "qur5fisxfShHgdyAZbqFEmgx4JY4Aw8RuB1yhNtameDVpNoqZ9bCbWBT/s1GK4w9RG47Nh"
    "AlCyCB8iCv19HBTCOMbokIhqhKIHTM6DJl6a0NSFeNJNbCbeNRPvB0o6yndhNIWsmTKtIB"
    "mnQgXPQdXl4likkvOxiHO0mziszyfQCNqpfUP4KKHfAwNEgvyaYp37lukADGeaFn4R1PJB"
    "ZTcRa/OOfPzITwO498iKuyhsMfJJsA1l0boagzOFGHA64sWJ7h1CuTqC+bwUs+8cKmbZv9"
    "tYnM9VarGrK7GL5uYdIni6DbWaDogwNsv+dzGaf3LCIEhnE2w39CExKvl799aEINhURFeq"
    "KSCAHAgBBLd49uz6nU5U0H9a4285lXi4tq7sfq2ROAnAYaCePS70RQoxvctU+6YO4Oba0C"
    "td2pmhrveGCHUY+L/zkH//LcEbFCb50VaInUUY/C4djlan82RAdgc1MvTfY7xx1jhCEN9h"
    "tccQwbVJ58FfN24okUCVkbsMoK8C2DINnn///bPWNFi7PtTPQAA1Rw7Fs9BPnt4x13v3NS"
    "fBNCniUJceLfJAwx2BNn1X+KNC2tEdhmIqOAOvHR9EUNy5UFURMox5MqOW39bTTg/OQVl8"
    "EL6gBypw0hrmxTYsBLnBDUTNgJmyAdxzyqoQ9e2YqHqV7XR0x0A1STIvI3JpS9fvbm6vL8"
    "5vn1Qx/9CDc4r0UCntl4knAwS5EbaygiTmRZMqFQriu+JYVCdyZ/QJMYHcSIn10GrQ1DXb"
    "ziKJlc9BHH56dT4rRY5i9RnM17nd7DCQjWJ4bOVhWyuPLC+30+QtYRf5wJzyz4ydPQ65s4"
    "dA0C5TuDT4xuw0LvSAXEbBmjC7/jgNvpU1THO1vfNY6NARX7KHKRrZe1fziXSOBgc0wB1y"
    "eppijinBRloTx4i6wfbUv2U8krxjb/wRv3YrFqEP1weXpIQ1NhK+qCvXFs5k+rRy+UyYgT"
    "T3EgoeHQG7VN2YQy2Nn9kwRXozECQAZTAohYIqVkjJ9hCJHLLzZxThvvs7U26rS2jyFUBp"
    "o/NORTNv3OWTqZv50+npixc/nD578erHl9//8MPLH5+lnq3yV3UurjcXP4OXayIGQZqra1"
    "wyDe41o1ApzIBBqHa9hZhlD1kHsVxw+AEPY/Z/xJ5iEsgwoajk9Oh5hQtQNndlPdebg2A6"
    "8lS8UlSjT0U4q4MeupZ9370gco/T1burMxvdVoQrO22LbNfcE1ecM9IR1eJRPUThoYrlgv"
    "RU6Odgsu1trdIp+A0l6mbeq9igaOYdmip12uAbT6FcDO0lH6BvonOHnbut65WbWb3FxIU6"
    "bQhvsBXQTizCcb/KJAFTUEK/Ecv/vvuH/w//ghWHQ74/Bvc8/e+/HhEFnP8LPl+yFodwod"
    "P9/sV+4l+vIZLCAlnw95w4Ebpnk1cwxeb6Dj5nRSD/8KFnIH1SUR0gE4cE8fCGOBDmzLdh"
    "sort6FA9iAUMIv5cXTtyWXYJ9dPuYw9XUJ2Sy3lIz87IYAbM8tHE8zVyCZQ57XhbjISF40"
    "xbiuRIlwSDWCNFwkyRRDeo73aaAzygfqe37jqlD7OzOck6GyE2tTlNEFXb5zS9QtRPZAoy"
    "3IHUzbk75weQ3ShpEc3coYcThiJBh2abTyNDcIvDKMIZOIsDRUBLR3EZBFxx6V6Sc3DHcY"
    "GostVGEOcAD5j48B7bkO7rLhwfPxpIUT44HsBhGEgsx+qq1BTA5kqAL6tdRmWu0XOe7U5g"
    "UzWnJe9Ju16OdZ4WzW6O3fwsVtgUhr0s5qz6NCFOOtEwS5ZrHGooLG2259GO5f+zvDYh1w"
    "3S4MC8LRnzZ/TzXR1EVzt4bJZ2fGMLe8GtnUMLhWfUuDELYHbfm4kNEwsa8MDpDgaw5dqU"
    "XZLGsmctotlgqc2Fw+DR66UbOpOb7y3sZZHD5iblfrF4oiPy+gwa5BFZo2OkmFZUNObpeg"
    "Vt44G3mktgy/oFJD6CHsGiA+m66jQTUd3hTzK2Zd2rppGyg3L8Il5vdfD8SxDeQ/hnDvoy"
    "WkRx+kguZpV2nNlDBsM2RHKdoxrvAoi9kYwc3gMI56XDT8kGIndPrk7zEC64nlNH9lOFdg"
    "iIN1Fx1n9yg5B5fdxVHDC+wCVJ5zRQazqTsU3pRqqF6w5jFRS8yqGs4pp+ZrKm+T0SpVXM"
    "/anRV/n8BDELqllZPU+to9pRbWdZnrTJAW3Hppy+Zqh5QN42bfF9fvHWQSLn7l953W5leK"
    "92kyXrjThsekH9BZsOHO0S5qSvMqeHvJW77MUrBXfZi2KoKnOXwVelTprRVqvVVAbRV1/B"
    "EtZPECFUqcDJw+gkmofsGud3AKuhcBetUH+q1GGtpsFayVM5qEd4mAr+DwGJnOQ59+8LXv"
    "w2lxhk1RhO1tvs/X1PQXbOb1tEGdnFc2fVBeWnL18q9Q18WdM38GWpgx2fd90iZSEPeUDJ"
    "Y8mwbOzz8UmKtDjiYdmbeUseyEMeEA98zJIG+VXPhmmpjv08TFaQZK+UYhDuBhbT/bS0jD"
    "yUzQL5go8yc4TH1Vbr/qSi1v2pWq37U+nm44YmPUft0F8FbzMhzvhjghyesch0WJ5dtx9q"
    "QIbTNNH7pzO0ibayvpb1grFyk8PJ7WMiMnkFVmGi6q4/XHlYvhuhgHvaNMGgmg8k4IfDAa"
    "zXfi69E17nifIA9uftOUAEHoT+RnwhvCfC06P3JgzmW1kTy+orWACx+db9BM7eeMprV/fW"
    "jyoegB+rPQA/ljwAMRKnZEcivG6BfgFywDEaun4uiuh7HE6cBzeMtjBKw6PqQbCZOHTdPf"
    "0HdLnH603UapTjc7Ue6zUt1otUWaPZKp4tpEoOAWRAOlzpEuLK2ax2xJ0BDX5NyNEK6So4"
    "V59mMttsdbAdL7dZ7lyFwYxq+0FoSPaY9z6ikLJshGdyZb8ylFQE66mXtBm/lzuPVok6t0"
    "koAq72O1e1t5XpxJAQSeR8XfViDGAznj/hNUyIAbzuIs3O6AOXKpKIfruUMHwdCQQgm8lw"
    "s10nodO5S+7JQRCEPWmZHDdr5HnVuWkJkM3k+MzbSFCKpI+rTIQXpz+8StEOf9Qh+ubT2c"
    "ePZcxSnaSNb60AZvMlG7vUeOr6Cn+dQOuCGX0sv+3Enlcq1+yr6mv21TgX3N654K4PXXLp"
    "TTVdIbKSXQE+CncVDv8SbLGHXSJo7SDOB/qUCW1IsIiYS9OjBMp6DCSt7VYuYQPeyCp47E"
    "65N4B3kXKUcG8uPp9d/1VOumS96NJ489fbd2cF4qWuZX3alUAPh3SpNzoKsdAewg8oDCOY"
    "tfSKX3fqBUuwN+nrP7gzzXTo2j0sHmIDfsR4MTU7WAOr/RgbFs9pMtKrOJ5Pw2ei3OMdBN"
    "dWgbe3pH/wfG+Jbh/OIpjFnA0Jy4+Iih6W7wZqVyyRNIMlT3Mokw08r1oBoD+JSSqsDZDg"
    "I9/QmjPQWrqrd5aoufZUhjAl8sQA8n8hSp08D0v6KFfBFARzBe5VysePffCSmR6reeUlbs"
    "kf2yfdUBePHPiQ7XW8iGPtlTqy2rukRdPxoon9ckc0vUdHfwzX7pIXAndE1adkn+NGF68/"
    "gbu7a2MLthFVfo4cX/l5IV2Rlt/tuFHHvEDd8PWZ/u/4kKRVfixIOkyIPDaoPbnxo/uAP2"
    "Xb2eFYNIjdqnrtCMnE3hFUaqdPRLgXlvcUc3KVf8OWbVNUL+mfudFNhQJu1kU4bCrjLgwy"
    "ECu482XR04S6LceoMXPqyCv6BT4pphEL99LEAVQ64oTNgbmnjm3MMYyE4qaK/kUJK6n7Lw"
    "jgxtJ/QfarDLmgEiDfHG0eQBcavxyQ4YuFYWkuyRa/dpYwvfuR1+eRIptAMnLnfpkWzYbq"
    "5cTtYzRUdYOAw6ouNeOU48WlBLlzh+j1oTmK5PkIf9XKnE/WD5co3CqXbLai2o1zQ0UQCK"
    "tMiH/33XeKR62Qpq2Wp12XqM2SazS6d5btAJWJV5otr7vMu7JAIKr6wvXHXXXqRlnw10pu"
    "+LJHt/GSjz3KgkO5+a6Pf4bkxqRO4PLm86rYkKjSpX+WZtfkJqXGyeBw1bvAWB63I6FdNn"
    "wW4nXwgLw+WgONk1ENZ7DWTEbllG1VO1eEPZzSyUQNgPjcwg2pzQPZZpq2zVHoAxTTHTig"
    "DH2YPACGzWu2yU9gBqtWvRwTI1hkefWj+u93Km8SH9ZLbssB2YzcWPEYDrc1+VTjeNh+9G"
    "UJOxtAscA5dmBYi5WVE9RyJ7kiQU3HNjRnvLCkKYnJkiRTNRoqSfKWgnnC4xAE05tXtFBk"
    "Fgn9OIARD8UkqpyJEo/PdUWfNZ5X99dP2wRSFLB/j+31n/Agn75KjaBhEjWSgWfZmBI3Wr"
    "VxQvXQwzFhew2UizBWox2aObLmjZOOHRqGd/2VdZeOmRIaestg1la/2bBPMk2nhNSOOOxT"
    "zeA5mhI9I03ebFQ00kmczZrGez7oNM5/yKKfvE9a2dFDNY54NiqHEFSMBGR0dB60o/Npxj"
    "oVKXSYHVNVmuc+oRGGqcSC4HZ3B2YfRe2zFZ7dY5kgDAIPI7/iAGZQxWJoCtbXfZx+onfk"
    "2CxCEqzxXTDfOV4Q0CcHXcft3p3zzeXlxxxJ3lwUcf7LpzfvkmZWdJEb5aTj6O0dS5lNln"
    "WipEGDq9wyv4ciZkE3lyK8tlmSFN7imuaCMZKNQYXCWqpBY+X83uHUstFXv19f/fHXl+sL"
    "IgOV5VJkk7KzoCPS9d0PhyaJdCqcy8Jau865Ty/H+xh3JS9HWnvZ6OVYpCsVvBxQFOosgq"
    "0/bwqo8BYAsXODEtn1XUa2FDhzeYyejtHTUSbI6Ok4sdrTEaZdFlSdHBnEgfg35jjuYTK6"
    "N0b3xuje2Jt7g3f8yZQIPTRXQNuMbiaDuKakyuijS2l0KR2+S4klyAPf26YAjz6lvfqUij"
    "LcAK6ZMfs2t6MdKG8h/FXxXnEVjj690ad36FfBsTn1BMlU5d7LCy81R19ehDa7/M7BCGbn"
    "gsLNiZP1hcv5+7JlQu7TltVuApwTbKEpa2bNRSuom3aJ80hJsWQpq2Bzr/twBT4ZP+CRpk"
    "33gtvPLHGXihh6BH1oLoLZdevACVZEes/J008kk4jiHLw6IOv1lMzBvGzYB7ToetkEqAG9"
    "bMnRaOFkywtuu/xrHvKXW2n9V6VwF0H6ckSU8f9ME/kf46dM+mHN4paDw7shkl9WlTPJeo"
    "sna16B754I+gZrJcXqrUH1QE4a+rRD6LSq4DjGRr0GLeCuNQZi5wrej+7Ym/Rd+ok0IuyY"
    "YB8a2IEmv0bRTLGyrMYa02/HVzBcpmJnQM3ufKWtKpr0Vf1k+359OY3i6xNkpU2IH5iqja"
    "xhpIQOAzJSBelbMhKUQptgHai9vgqDhevZwzxQbEZWwdabOyxizZpA8dvuteMHLB68puo3"
    "lVAPONzB3/2wVAE5UqYSfKqypqFApw3fwjA/pRxgqnVo1ole4nbKtalvbhuaW93salpRZZ"
    "i3hhXczTk30y1VkdcBzPgAdy13FQqlcxjGzUB+QLLBmFk2ZpaVCTJmljEEWptZNmbTjJkd"
    "HTy7+LHq/ugPv2N6wF7TA444PK3Nziaj0vuJf34OInfhziq10Nz3KoqoXwRQa2KfH9udGC"
    "P3sj72N6mPMaqHHDXSUSMdNdJD00grhx9Vx0cEEKvbWDFJ16p+bixzeAplDhpBqT51gmzg"
    "n0QhyE0DbNQG+BBCL16t45bikLpeqWUAJZAcdrz+x+t/vP4P7frPzr1qBlwGYfXlD8alXK"
    "ip5LydquS8nVbnvJ2Wct5Gz9/omdoLpo16pvakIRVy/GV6UrkMoFlbksAoZI2vN4CWeXFo"
    "n6xTRHGuX7Eh5izZTFF5+nuOsYWL95+jWjWqVXZIp4sIEqtUqxyPWrMKo1ajgPKQhzMGCC"
    "jPnn3i3O1yfTS/Ic7MC1TLDw6ECRKcNQR8fbJdyxSRag1bhLG5yIF154dheA84JHC9xZne"
    "rO6kjdZtvtJksyaxU2Qa3Gt62UqwB+JrAxIkUwi5SgXpQ3OqsTxiz9u30+1gbCIjR+Rppk"
    "MMU2GbVDen9SWxUr3/vheQuaiHdAHCZhu/5ZSEp2rs70GE9JaHkoym6ojgZBTWQfOzKpKF"
    "U10xp2zfmT6HJqmHyQASyllgTkrHErR0KosdWnv/zWbL7W0GKuKzAIOGWnv0Oj+o8Pzn9H"
    "GljXal6yb6jtVZCtjoXX3rksj1Z2KvDXEcIcwyZNLCudvO7nG5ikICzyRMbhOYmOU7q2Ab"
    "Tpw52k2cdeBHKxh1tsNobNl72A7XZYjo46HQ5TPrVH0uBTCrQ5tVnNvK5aLical2uBT9Ld"
    "mx1HF4ZlDDuLnN3ALg6UxUGv4GIFngL6r2PTCnJxNVvwf+Ex6CLrn6Gz07suwCizpblC+Z"
    "0b3Tm9HwmsE6TIcg7HQ9rgIPOwsPl+//vbgfjt5uM0CCw6/cOEcbdOd6oB9IVGXh21oFeY"
    "4f3BmezvLL1Wo2OCxxZlR5nQcl1fdLMo8CVsWLJg7ZQsYmcc4vP17+cj32oBt70A2C289I"
    "2ffeQwSwVbeheeg+dJ4W/ZZtYpGWmhdMhnw6XrB0Z8jrhqqP2SbHhqte76HA9+kNWZEGJ3"
    "yrdA/llzffQ2hHoF1SiBG9VuILqXQTnTmPaJctS+6kqsvn78nTMAaZxPLtn+Od9HTvpL5M"
    "9lgZuj2/2t/llHOOM8xPdRAdE6stqofsf5oqoz7GczIBc3mNviV4g/gDtiDB82cqNKCrKo"
    "nAviu2o03Fj54tXQa0OhnlL6xd9SKmihW2c0Hyd7Sf37LdbuPNDhjrquZymQHbhzqF27yD"
    "/pu+pCXY/xA8QljOJVwZ6Rza7KjaFRW2Mra1G9xxlH+CP6wx//J6YsSKSOPnM9/EroCAYh"
    "O7TMeVta/jO8ob12WQ5Z518cnj4IWfUOpXl3JTpaYfnyWJlp+dskYNP5M6CsHXCn0eel3G"
    "NzmETp2Nh+q0+bxRMSrzT12Z783BBH31nQ0ONt4efU05RZISoIznP99cfq7QH+P1xainO4"
    "uc/3U8l/SmPZ78x2LrszPq3G1dL3J98h387H+eaNLhV+RteQcBntmVHP1viJNZKp0in4A+"
    "2KS670axxcYkH82EDUp9N4qiXTlCWYCzOVu3pe5jOkwpXrGKaBZBbMbwJ3WtpmdDKtWvjJ"
    "hQrbXJvaNZ1XISOaw5+Tmv0nTOMRc3swPDhs2kIrZLYrO9mXqksYe3BrwD5oxT9IBchoEp"
    "VbGOvZX/l1VAsMO6jTtrtHNmqwA+MDCgUr+Nf4Z40R2j178/tvyqTNb4f3UkNtVwXbxMKs"
    "3YVLg32rLpHddsyrJNSbXb7eSMeySyFcrRKfq22wX98W3IA72jgfvUDdwey6snbH4kjJi8"
    "85B/36qXUR/z+8aAyWDWkyBuNI2oMqTVthS6t6R5VFHCd9T3PxW2Ozh0K9tUZYZrNq3GCO"
    "AYAewV+wacB3mGPco8QRNYMmZ+FkN23SzObv6Ww4+P5t+/aHEKcei8mVny2RTtTNGFZjIy"
    "qmxY3nI6V9iVySXQaFYmV0+zVfkXNie+zqi8z4n6LP3+6ppqHe/G/PvRehwuPCrOgIf5HM"
    "oeLWtS8mvvAZ3r1rTL3Tq1sBxwM6LGGYwD2YeyPrP0Y/1Odjmlml9z7k62tDl3h2ulgBy+"
    "IWuVEJfTsSZ9s8rqhiRbN1nN0nVBPdkSDN1qU0DYHfH9q92lqSYj1EUKvz16Sp/OXTdkH0"
    "pIBULQC4FnomRnx4oU87gfI6FnZeqCxeJJIpjVE3cqwG0nCpk4gY+ZJPJcE00QehnBk8om"
    "zVSgIpzNzlXd0rYnkgM0tOvkWDpADMS1VxbNOrU2wcoW99+kU4bVEY851eJik40y5LecAR"
    "TnbxM7sGyqeLuI6NI1b1NTkiSPTWJnCilujYamkFOnMAAlQYiLBV8oYd4moWsfxqCHryU+"
    "0qI9mfhKS/Bu1JSUM9qWNtmWyKOk81FELS+hw81U1+Rs2MZ2owdGIj9CU1ASYTRPKyPSF/"
    "nGkiSe0e4ZQEHP5WLqJUkdgOWjk7Q8SCG5Mf38QJGsmTUyKo+2K48ig7N3mQaLrqEw5QkH"
    "A46Nihc7G4r2zrMODNZBHH3lg7NCvKWjoeQ0/ZKH2PjoUPCQ7FCVipJ830+RQy69U2KIFd"
    "M/m8scigDN1Q6QyykaY5IIX+Cs6SqSrBgzUWy0oI40E2V/Bk+rtJPjzZ8wkPTda9pE7LT6"
    "zAlR5dNKWKpaktIDM6dPk4r+5Jw0i1IWtgRJukEh1Uvihu7BBqhH0eWQHTXrZV4t+AlnS8"
    "kVxsNAZHAsD4tAqgXdfRw0cdCDJuSyujqGfxA1Z0mHxD9SNeGPZI60ZMVgIXufnnipT6WO"
    "/QUgmz1WV1Qy2HYMavwugFUDToHP8TaHRgNVR4DAfDbFjxjaJRdtQg6FGzZhgOar9YrdqP"
    "RqrRybQa/RTTxUBaWrWGDII6tH5lgnNVGh8eK0RmLUXZwefpBlUlSiP11vuS98E60SfTEK"
    "Md1wEQZr5/l+Ag+P7pyaUVpsnoL0NBTGCJrfuJHetJ1BmP3ItcKLOfYjl75SyKfpMWm8dB"
    "/KjiY79MOZhwipiDtXkyIPZTVBzuFRD4MW2AfcyG7cIPAw8uW0EKAKhLijYH1RIv1Ey4fO"
    "9I+4exZ5dCNon+UEeqOEpQLn8vJjjhxvLor4/uXTm3fXf3jOaEMXuVGFVKKs7a61iSBAHQ"
    "gRUJz3D5UrRLeDU880EB9ZQyoVwGzOfmFlROwc2CmKHrA/DyQdPaqRn0HYjHd9r+5gKN+E"
    "wXwrS+utqXXJQKxGunbG9IB8HhJNKSOA2Iz0a/zgJs9pH94JDl1ZZ8pqtGcQNmP9hj0lhV"
    "zf0as1CJ3E+eOg+TzExFJxf7clU9dfBDoEEWFsJskVtOB3YPZ8RBz60HZSYLPaEZmzrUb4"
    "pxBWYx+eckaPhJsaxnYSgHiB1t2brLcZ+TfxM1qIbfd3icOhzuWWQNjscbuhz5j4NelvMe"
    "88SB3mLrHZFQfJlzNpzmodSUQom8lyHj/nYZLGC2b3mnRJQGwmygccRr/bjPg5ftBzPjzY"
    "fh28jUcMMuXUznshiWTqjhrJQdmcsyDmlO+hCJ5aIr68Br5OoOTAehIqZpK0UeSsAm+u7t"
    "C0IjOE47dMk75yQ6ylhnJJt8iQKjNJskPXtSRHvSbESomiXI6TF6mdh5CwYGHHROFCTqsl"
    "AcbuGVB5Xl25nkw8a+DJmBQwF+owIwbklXZuV74CfJkutbOStQJ/4S63ITLQJpLhTNzvuN"
    "DWdyahwG4VOYV5hlTILsxXnjbnGLJzyVP3Z8h35kERZSc3wRpHK0jJ51n48brqThNJgmP3"
    "OS9jjuGYnD9MKdXQFu7TyW1YY+RbGm2xtSpi4OvPCuPXurIIS3SQyeHUReQVwSqFpqgtqu"
    "g0JZhGtQbGc3KtBqLuBEfOdlPSbGBRrNNAJiJbNKo1o1ozqjWtE6lguLkOvlMAm1WZX5OH"
    "tA/howozqjC2EOHAVZizzcZzZ5XKi/h1rdpCv5nSdcgLllNUAGrUW4RfictVNjjYeJjNWR"
    "Ya2eeLQH1H+KESWDyeOQqSDcZWNmMrm0Fwu99WNpb4W1oJ6pMTTVTDO0Bm0ycU3s+DR0sT"
    "vmchZq3MkCTM/ZZ+E7lrXJHckYMsEGIeg36X/MOi+/PLCkPSsfMIs8Xmc14dpnAg6PvOL3"
    "1vd5KGcCopdfHp3c3t2aerHLnent2+g29Oc6RKPv3Dq8LhSTdxvlzcfnDgT+dvl59Zg7dN"
    "QKJlyH4xW3f7N4iun6BtFEz94HFK3y2TGsmnCRLzWZ8zqhJp3CDp+uGU1eeaRH7PCtfhin"
    "055GUiXMkzmWCrvjyS9TabXVfxdCJI0Ny4rL1fm8ukl/FEFS0ZqhFe1ZOhzzvkF91L5Bdn"
    "EbBS0JBMnDP2B5qvXd8F7EZBuf+IEv5VsF+N+3IX7ggvg1C7B3cOyubcwJsV9hbDSZEagz"
    "ZBmgGj9lzY6uDQrJwtlWeynHF7TW/N64vzW7V0qXR82d1uWjnoRSdR4yre8M3O6LQXI3K+"
    "YFlb0cb4AbkMDVMqA6fH39SYYC71RTeDiXRN/ebGgiOjTWdjAbzc3bjCMzOto7ZG0+Ncin"
    "VAd99Nl/S3Nya45ort9zNsZw3f5HxV8dSOZfKE5tmmgAJNxuEEYY/XlXXErYq/qsQuqayq"
    "9EWm16XEESlepWpeSPEeb3ZBwsX4gEk2h4VtUg6AnJw5BO7Q0sLRvTi6F5+Ae7GkOKsodi"
    "Up1VqjK2hNluhyBrTqXrNuy3qwRMJKlWU1UZso7nc7QW1X6fTJwVgjT/FaFWaSl+TvLRW6"
    "GxEwHwZy/WxCeXVWSyFClfzWOBhur8LaounXw4QvDmb4dVlLVOT9MqDVuRfaRvk4qVnPuW"
    "3RpObCHdDR1WenYmLMyTQpOP3K53qc3byP2c37SRriTgmpEsm/Udccs/V6WULxBQ8tVEMn"
    "xOvggf7zbid3xaiBrjH0hiArdwNaJHdijVa9jYrikVr1LPTIU9j2Z+AfalPmhAjtejKz+8"
    "xAb2yDjYDx15m3Je6DrFdYLfpFuMMgwCPkbrJBWOxPLnqziAxJpLRN5JkF67W0cUlN5/gM"
    "xOYMlM9BlDnC22RCDGGdtvJDVgWmtGLK3WJSfWUNsacCSXaHvcBfEicq1bTvK6zs+lQgzV"
    "kW41FHlC99HJ8agkFoYR/iaJAet0bRbNXZONAPK8fx2IQADOt6keVkh+bI4LSCzC1DyewW"
    "e2pMswnxA70gYPLjnlkmQX+/LFNBZFMjl0VRXWmrppJcx2BNrcxmq/VnrszAqFAAlSiZjA"
    "fYjnyiGf+J1+z6XbghiUCE8GGh2bizVM7Pgi3lg+pQR2Zhb0I3CKFFyhjm2G+YI6GDOm5F"
    "EKsd6BCd84JHTJmWcipVIxkD78mXLgoiVUSLMFZjur3G17NfPRM4Xb286UYHj3Jll6/Ifg"
    "N7fEeF3RaFPc7X66q1i2l/Ckl9o/5+PPo7p2hnJV6Tg7qr8xU5B0ZYp1uA9hhyiQsoqDD9"
    "BCdZgWdKMV8jXNMqmVjB+nuzdQvmTO6LSZ3Ft16607t0WaONd73N6Oeu6eM4DLjcl5iJi3"
    "DrSxeP86oPuulShMi91NiojksKIBZnqQljfeMwTQV3qwQpT1++VIhS0lWVYUr2XWGiToSi"
    "reSSqMZ8BjEg4unSLZ7rop9DTUBs+BTPE+YCAvnI8hcWyPWUq+t7DhdTpIbt+hzkIQ30OR"
    "is3SdvcxA/f/fwmEVNDRIE1XY1WEBwcNWK5gXQwyM69pX7WhwTybehWyZ1ddA7Xm7x/Ubp"
    "GWJBHbN1LvFxzo17s4tU8272MwuL2is6/B4vt5rf82qcQ5BrQI71Mhl0e+exS0LC93U5UD"
    "m4AxlKL/SuW+BotrJsLv3CQw/BVj6crE4G5eFsLk74FYUu8q3rvSkSIcSU54l+79M8nNVE"
    "yCaM20SEmnhXjNsyQbQDXtfZTgdIDNUYV54Xm8tGYgFiAL/vs50swa+OxFHFb17g2lQ2ku"
    "Bf4pMVSFPvlRW4odkvG+OX+WaZbl/OvTlzHviiOPeG19x8Q+L1o0/2oH2y+y0U6Ss/u3up"
    "SC9e2KPvNpsM93EJoN9Oi+nplOxQKoABa5WRBO3EdORNst5qeXM2YzmmyQR5djFaI3Q2iJ"
    "DHINQKu4kwVmP+AnrAxg8LwZ4VIoo5JQNg/h7v1mijg/cMYkAhz6N8mjrOXUCVXcdDu2Cr"
    "6g/oObZ2Hz/UlOnFmlgvQA6I/c3s+bOXrQmQPvH+8T+j+NVkdwFkyPbHt++//VEX4/AS1J"
    "KiF2v8wBYgnNKeYElUsQbhGciACF9uMdGWMecUmVQfc+CRnfiZ949ziLP+HvhaJpMIMyDW"
    "323DYIP/+AnNQ1c7peKWPrOTPLQVndVXAYl0jVURxmo15gN9UCd5Uit0Fz5bUduNngOz2Y"
    "temjdpk8OmxpfOEWzA1XsBRsp5utvBUkXV6ZvjTF2fb4Z/FhHuWCCfptdaIn2MONnNVcNH"
    "aHmclRC39MXSrshxlSq0VqcKzgIGxeylsXocLpClsxMcPgDW6gsh8tEUIZ1dCEZME5qaSl"
    "0XpZckWFIQbvUBk0ykqs0P5nEPNkBY6l5ji1I/EMmFTTKoMW5y0HGTCK83cJB089nzYFYr"
    "pbfxsyZTylJBZY1NwC5jjj0NGuShBrTIKM7u45oADTJwqInzG15vp4+uD25O9m/P/9rKXF"
    "AhxGk1HU7LZIBkhUCrukAAsTqcBXmviKcB8hR20voE9OTcDyNXN56YA7IY/W9dch+7mCG0"
    "8tezTx+1FKThkjDD4MGFPKApf34tYkhgLabJDfuDVejpR7uGpgt7NBjes5YVX9RMQSzADU"
    "gParPqkoSCTJxHdw0XA/lti8hq0W4gn9oNXXNBy51IZcz/+ebyc53/SILzuUuV5/91PJf0"
    "1mLk5D8WW3/GZiQwDd31yXfws/+pS5DLTa5emd8eib7R6ZQA4upPSfFATPLlLbCBRHrZ0V"
    "G9F7ti/w3VVdxKOSu8tWPJaPqmERvCoENPlubdEV9G04mtw1fZIafQaf7Sx7cB/Y+ik61D"
    "n/n9n3blnkO6beY75QAnTClxawn8Wu/SEjLuFXKAeQ57Qw4wXzTmAB+hL2vMAR5zgE3nAB"
    "PHx492WoWzEKN2TRjykAbq8Yc6DElBfuLGVTwN9HXnl763yzSwQ6jRjyV4bYn+mN4wpjcc"
    "BFXG9Ibu6Q0majR7nT56hkN3tjqRaPzxN7UKP8rWNOn6CfbKaBgnODUgaOAW2A8Z06qq5Q"
    "KIzZq5Oor7V8bhUGlgOF5+hNjtJTxPfzGSDgCq9f9H8gFAAwQAesT2ED59Dcez+cvs3/8f"
    "3UntOA=="
)
