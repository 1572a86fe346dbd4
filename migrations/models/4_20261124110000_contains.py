"""`migas_contains`: whether a text contains another, in the fastest way that this server has."""

from importlib import import_module

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
MODELS_STATE = import_module("migrations.models.2_20261124092235_several_tokens").MODELS_STATE


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
DO $$
BEGIN
    -- With trigrams, ILIKE finds what it needs in an index. Without them every text is looked at,
    -- and folding case by PostgreSQL's own tables is several times faster than by the C library.
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')
        OR NOT EXISTS (SELECT FROM pg_collation WHERE collname = 'pg_c_utf8')
        OR current_setting('server_encoding') <> 'UTF8'
    THEN
        CREATE FUNCTION migas_contains(value text, pattern text) RETURNS boolean
            LANGUAGE sql IMMUTABLE PARALLEL SAFE
            AS 'SELECT value ILIKE pattern';
    ELSE
        CREATE FUNCTION migas_contains(value text, pattern text) RETURNS boolean
            LANGUAGE sql IMMUTABLE PARALLEL SAFE
            AS 'SELECT lower(value COLLATE "pg_c_utf8") LIKE lower(pattern COLLATE "pg_c_utf8")';
    END IF;
END $$;
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return "DROP FUNCTION migas_contains(text, text);"
