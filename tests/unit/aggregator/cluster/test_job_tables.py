"""The job engine's tables: made once, by whoever comes first, and never by an older version."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from procrastinate.schema import SchemaManager

from aggregator.cluster.job_tables import migrate
from aggregator.cluster.jobs import Jobs, scripts
from feeds.errors import StoreError

SHAPE = """
    SELECT 'column', table_name, column_name, data_type, coalesce(column_default, ''), is_nullable
    FROM information_schema.columns WHERE table_schema = %(schema)s AND table_name <> 'migration'
    UNION ALL SELECT 'index', tablename, indexname, replace(indexdef, %(schema)s || '.', ''), '', ''
    FROM pg_indexes WHERE schemaname = %(schema)s AND tablename <> 'migration'
    UNION ALL SELECT 'function', proname, pg_get_function_arguments(pg_proc.oid), '', '', ''
    FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = %(schema)s
    UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, '', '', ''
    FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = %(schema)s AND NOT tgisinternal
    UNION ALL SELECT 'label', typname, enumlabel, '', '', ''
    FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid JOIN pg_namespace n ON n.oid = typnamespace
    WHERE nspname = %(schema)s
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def shape(url: str, schema: str) -> set:
    with psycopg.connect(url) as connection:
        connection.execute(f"SET search_path TO {schema}")
        rows = connection.execute(SHAPE, {"schema": schema}).fetchall()
    return {tuple(one.replace(f"{schema}.", "") for one in row) for row in rows}


def applied(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [
            name
            for (name,) in connection.execute("SELECT script FROM topicwire_jobs.migration ORDER BY applied, script")
        ]


def test_the_scripts_one_by_one_make_what_the_engine_makes_at_once(postgres_url):
    migrate(postgres_url, scripts())
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE SCHEMA at_once")
        connection.execute("SET search_path TO at_once")
        connection.execute(SchemaManager.get_schema().encode())
    assert shape(postgres_url, "topicwire_jobs") == shape(postgres_url, "at_once")


def test_several_that_come_at_the_same_moment_find_the_tables_made_once(postgres_url):
    with ThreadPoolExecutor(8) as threads:
        for coming in [threads.submit(migrate, postgres_url, scripts()) for _ in range(8)]:
            coming.result()
    assert applied(postgres_url) == sorted(scripts())


def test_a_later_script_is_run_when_there_is_one_and_the_others_are_not_run_again(postgres_url):
    migrate(postgres_url, {"1": "CREATE TABLE first (number integer)"})
    migrate(postgres_url, {"1": "CREATE TABLE first (number integer)", "2": "CREATE TABLE second (number integer)"})
    assert applied(postgres_url) == ["1", "2"]


def test_a_script_that_breaks_off_leaves_nothing_behind_and_names_itself(postgres_url):
    broken = {"1": "CREATE TABLE first (number integer)", "2": "CREATE TABLE second (number integer); SELECT 1/0"}
    with pytest.raises(StoreError, match=r"the jobs in the database cannot be migrated \(step 2\): .*division by zero"):
        migrate(postgres_url, broken)
    assert applied(postgres_url) == ["1"]
    migrate(postgres_url, {**broken, "2": "CREATE TABLE second (number integer)"})
    assert applied(postgres_url) == ["1", "2"]


@pytest.mark.anyio
async def test_a_database_that_a_later_version_has_migrated_is_refused(postgres_url):
    await asyncio.to_thread(migrate, postgres_url, {**scripts(), "99.00.00_01_later.sql": "SELECT 1"})
    with pytest.raises(
        StoreError, match=r"a later version of procrastinate \(step 99.00.00_01_later.sql; here it is .*update"
    ):
        async with Jobs(postgres_url):
            pass
