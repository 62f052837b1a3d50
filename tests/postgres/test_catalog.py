"""The catalog after the migration is what the specification says: read back from PostgreSQL, not from the script."""

import pytest
from tests.postgres.clinic import CLINIC
from tests.support.postgres import Database

from bdc.schema.implied import implied_keys

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio]


async def test_columns(clinic: Database) -> None:
    rows = await clinic.fetch(
        "select table_name || '.' || column_name as name, data_type, is_nullable, column_default"
        " from information_schema.columns where table_schema = 'public' order by table_name, ordinal_position"
    )
    found = {row["name"]: (row["data_type"], row["is_nullable"] == "YES") for row in rows}
    kinds = {"uuid": "uuid", "string": "text", "text": "text", "int": "integer", "bigint": "bigint",
             "timestamp": "timestamp with time zone"}  # fmt: skip
    assert found.pop("drug.kinds") == ("ARRAY", False)
    assert found.pop("drug.size") == ("jsonb", False)
    assert found == {
        f"{table.name}.{column.name}": (
            kinds.get(getattr(column.type, "scalar", "text"), "text"),
            column.nullable,
        )
        for table in CLINIC.tables
        for column in table.columns
        if column.name not in ("kinds", "size")
    }
    defaults = {row["name"]: row["column_default"] for row in rows if row["column_default"]}
    assert defaults["order.state"] == "'planned'::text"
    assert defaults["order.id"] == "uuidv7()"


async def test_constraints_carry_their_names(clinic: Database) -> None:
    rows = await clinic.fetch(
        "select conname, pg_get_constraintdef(oid) as definition from pg_constraint"
        " where connamespace = 'public'::regnamespace and contype <> 'n'"
    )
    found = {row["conname"]: row["definition"] for row in rows}
    declared = [table.primary_key.name for table in CLINIC.tables if table.primary_key]
    declared += [key.name for table in CLINIC.tables for key in table.uniques if key.where is None]
    declared += [check.name for table in CLINIC.tables for check in table.checks]
    declared += [key.name for table in CLINIC.tables for key in table.foreign_keys]
    implied = {name for _, name in implied_keys(CLINIC)}
    assert implied == {"order_org_fkey"}
    assert sorted(found) == sorted(set(declared) - implied)
    assert found["order_patient_fkey"] == (
        "FOREIGN KEY (org_id, patient_id) REFERENCES patient(org_id, id) ON DELETE CASCADE"
    )
    assert found["order_rooms_range"] == "CHECK (((rooms >= 1) AND (rooms <= 9)))"


async def test_indexes(clinic: Database) -> None:
    rows = await clinic.fetch("select indexname, indexdef from pg_indexes where schemaname = 'public'")
    found = {row["indexname"]: row["indexdef"] for row in rows}
    assert found["patient_org_code_key"].endswith("(org_id, code) WHERE (deleted_at IS NULL)")
    assert found["patient_org_code_key"].startswith("CREATE UNIQUE")
    assert found["order_by_code"].endswith("(org_id, upper(code))"), "the sql block of the specification"
    assert found["order_patient_idx"].endswith("(org_id, patient_id DESC)")
    assert found["patient_search_idx"].endswith("USING gin (to_tsvector('simple'::regconfig, name))")


async def test_every_table_is_closed_and_held_to_policies(clinic: Database) -> None:
    open_tables = await clinic.fetch(
        "select oid::regclass from pg_class where relkind = 'r' and relnamespace::regnamespace::text in ('public', 'app')"
        " and not (relrowsecurity and relforcerowsecurity)"
    )
    assert open_tables == []
    floors = await clinic.fetch(
        "select tablename from pg_policies where permissive = 'RESTRICTIVE' and cmd = 'ALL'"
    )
    assert {row["tablename"] for row in floors} == {"org", "patient", "order"}


async def test_grants_are_the_least(clinic: Database) -> None:
    rows = await clinic.fetch(
        "select table_name, string_agg(privilege_type, ' ' order by privilege_type) as given"
        " from information_schema.role_table_grants where grantee = 'clinic_runtime' group by table_name"
    )
    assert {row["table_name"]: row["given"] for row in rows} == {
        "org": "SELECT",
        "drug": "SELECT",
        "patient": "INSERT SELECT",
        "order": "DELETE INSERT SELECT",
        "idempotency_key": "SELECT",
    }
    columns = await clinic.fetch(
        "select table_name || '.' || column_name as name from information_schema.column_privileges"
        " where grantee = 'clinic_runtime' and privilege_type = 'UPDATE' and table_schema = 'public' order by 1"
    )
    assert [row["name"] for row in columns] == [
        "order.patient_id", "order.remark", "order.rooms", "order.state", "order.updated_at", "order.version",
        "patient.code", "patient.deleted_at", "patient.diagnosis", "patient.name",
    ]  # fmt: skip


async def test_comments_come_from_the_documentation(clinic: Database) -> None:
    rows = await clinic.fetch(
        "select obj_description('patient'::regclass) as whole, col_description('patient'::regclass, 3) as part"
    )
    assert tuple(rows[0]) == ('Who is treated; it\'s "private".', "As on the card")
