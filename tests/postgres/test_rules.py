"""What the database refuses whoever asks: machines, fixed columns, other tenants, fields, forged trails, wider rights."""

import json

import asyncpg
import pytest
from tests.postgres.caller import FIRST, IDA, NORTH, NURSE_ID, SOUTH, Connection, calling
from tests.support.postgres import Database

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio]

INSERT = 'insert into "order" (org_id, patient_id, rooms, code) values ($1, $2, 1, $3) returning id'
DENIED = asyncpg.InsufficientPrivilegeError


async def planned(connection: Connection, code: str = "C1") -> object:
    return await connection.fetchval(INSERT, NORTH, IDA, code)


async def other_tenant(database: Database) -> None:
    await database.execute(
        f"insert into org (id, name) values ('{SOUTH}', 'South');"
        f" insert into patient (org_id, id, name, code) values ('{SOUTH}', '{SOUTH}', 'Sam', 'S1')"
    )


async def refusal(connection: Connection, sql: str, *args: object) -> tuple[str, str, dict[str, object]]:
    """Return SQLSTATE, code and members of a refusal."""
    with pytest.raises(asyncpg.PostgresError) as caught:
        async with connection.transaction():
            await connection.execute(sql, *args)
    fields = caught.value.as_dict()
    ours = fields["sqlstate"].startswith("BD")
    return fields["sqlstate"], fields["message"], json.loads(fields["detail"]) if ours else {}


async def test_machine(clinic: Database) -> None:
    async with calling(clinic, "Visit.create") as nurse:
        await planned(nurse)
        update = "update \"order\" set state = $1 where code = 'C1'"
        await nurse.execute("select set_config('app.operation', 'Visit.update', true)")
        assert await nurse.execute(update, "begun") == "UPDATE 1"
        sqlstate, code, members = await refusal(nurse, update, "planned")
        assert (sqlstate, code) == ("BD409", "illegal-transition")
        assert members == {"field": "state", "from": "begun", "to": "planned"}
        assert (await refusal(nurse, update, "ended"))[1] == "illegal-transition", (
            "`ended` takes the operation `end`"
        )


async def test_machine_lets_its_operation(clinic: Database) -> None:
    async with calling(clinic, "Visit.create", roles="doctor") as doctor:
        await planned(doctor)
        await doctor.execute("select set_config('app.operation', 'Visit.end', true)")
        assert await doctor.execute("update \"order\" set state = 'ended' where code = 'C1'") == "UPDATE 1"


async def test_machine_binds_the_superuser(clinic: Database) -> None:
    with pytest.raises(asyncpg.PostgresError, match="illegal-transition"):
        await clinic.execute("update \"order\" set state = 'planned'")


async def test_rows_begin_in_the_initial_state(clinic: Database) -> None:
    insert = 'insert into "order" (org_id, patient_id, rooms, code, state) values ($1, $2, 1, $3, $4)'
    async with calling(clinic, "Visit.create") as nurse:
        assert (await refusal(nurse, insert, NORTH, IDA, "D1", "begun"))[:2] == (
            "BD409",
            "illegal-transition",
        )


async def test_fixed_columns(clinic: Database) -> None:
    async with calling(clinic, "Visit.update") as nurse:
        for column, value in (
            ("code", "'Z9'"),
            ("org_id", f"'{SOUTH}'"),
            ("created_at", "now()"),
            ("id", "uuidv7()"),
        ):
            with pytest.raises(DENIED):
                async with nurse.transaction():
                    await nurse.execute(f'update "order" set {column} = {value}')
    with pytest.raises(asyncpg.PostgresError) as caught:
        await clinic.execute("update \"order\" set code = 'Z9'")
    assert caught.value.sqlstate == "BD422"
    assert json.loads(caught.value.as_dict()["detail"])["errors"][0]["path"] == "/code"


async def test_service_role_is_held_to_its_tenant(clinic: Database) -> None:
    await other_tenant(clinic)
    async with calling(clinic) as service:
        await service.execute("set local role clinic_service")
        assert await service.fetchval("select count(*) from patient") == 1
        assert await service.execute("update patient set name = 'Anybody'") == "UPDATE 1"
        insert = "insert into patient (org_id, name, code) values ($1, 'X', 'X1')"
        assert (await refusal(service, insert, SOUTH))[0] == "42501"


async def test_reference_into_another_tenant(clinic: Database) -> None:
    await other_tenant(clinic)
    async with calling(clinic, "Visit.create") as nurse:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await nurse.execute(INSERT, NORTH, SOUTH, "E1")


async def test_field_grant(clinic: Database) -> None:
    write = "update patient set diagnosis = 'cipher'"
    async with calling(clinic, "Patient.update") as nurse:
        assert await refusal(nurse, write) == ("BD403", "forbidden", {"rule": "Patient.diagnosis.write"})
        insert = "insert into patient (org_id, name, code, diagnosis) values ($1, 'X', 'X1', 'cipher')"
        assert (await refusal(nurse, insert, NORTH))[1] == "forbidden"
        assert await nurse.execute("update patient set name = 'Ida'") == "UPDATE 1"
    async with calling(clinic, "Patient.update", roles="nurse,doctor") as doctor:
        assert await doctor.execute(write) == "UPDATE 1"


async def test_rule_that_compares_old_with_new(clinic: Database) -> None:
    async with calling(clinic, "Visit.update") as nurse:
        assert await nurse.execute('update "order" set rooms = 3') == "UPDATE 1"
        sqlstate, _, members = await refusal(nurse, 'update "order" set rooms = 1')
        assert (sqlstate, members) == ("BD403", {"rule": "Visit.change"})


async def test_version_and_time_advance_by_themselves(clinic: Database) -> None:
    async with calling(clinic, "Visit.update") as nurse:
        before = await nurse.fetchrow('select version, updated_at from "order"')
        await nurse.execute("update \"order\" set remark = 'x', updated_at = 'epoch'")
        await nurse.execute("update \"order\" set remark = 'y', version = version + 1")
        after = await nurse.fetchrow('select version, updated_at from "order"')
    assert before is not None and after is not None
    assert after["version"] == before["version"] + 2
    assert after["updated_at"] > before["updated_at"]


async def test_audit_trail(clinic: Database) -> None:
    async with calling(clinic, "Patient.update", roles="doctor", commit=True) as doctor:
        await doctor.execute("update patient set code = 'A2', diagnosis = 'cipher'")
    row = (await clinic.fetch("select * from app.audit_log where action = 'update'"))[0]
    assert (row["actor"], row["roles"], row["operation"]) == (NURSE_ID, "doctor", "Patient.update")
    assert (row["request_id"], row["db_role"], row["table_name"]) == ("r-1", "clinic_runtime", "patient")
    assert (row["tenant"], json.loads(row["key"])) == (str(NORTH), {"id": str(IDA)})
    old, new = json.loads(row["old"]), json.loads(row["new"])
    assert (old["code"], new["code"]) == ("A1", "A2")
    assert (old["name"], old["diagnosis"], new["diagnosis"]) == ("[redacted]", None, "[redacted]")


async def test_audit_trail_cannot_be_touched(clinic: Database) -> None:
    for attack in (
        "select * from app.audit_log",
        "insert into app.audit_log (db_role, action, table_name, key) values ('x', 'x', 'x', '{}')",
        "delete from app.audit_log",
        "truncate app.audit_log",
        "alter table patient disable trigger patient_audit",
        "create temporary table forged (id uuid)",
        "set session_replication_role = replica",
    ):
        async with calling(clinic) as nurse:
            assert (await refusal(nurse, attack))[0] == "42501", attack
    for rewrite in (
        "update app.audit_log set actor = 'x'",
        "delete from app.audit_log",
        "truncate app.audit_log",
    ):
        with pytest.raises(DENIED, match="only grows"):
            await clinic.execute(f"set role clinic_owner; {rewrite}")


async def test_runtime_cannot_widen_its_rights(clinic: Database) -> None:
    for attack in (
        "alter table patient disable row level security",
        "alter table patient no force row level security",
        "drop policy patient_tenant on patient",
        "create policy mine on patient using (true)",
        "create table public.mine ()",
        "create schema mine",
        "create function public.mine() returns int language sql as 'select 1'",
        "set role clinic_owner",
        "set role clinic_migrator",
        "grant clinic_owner to clinic_runtime",
        "select * from app.api_key",
        "select * from app.migration",
        "truncate patient",
        "copy patient to program 'cat'",
    ):
        async with calling(clinic) as nurse:
            assert (await refusal(nurse, attack))[0] == "42501", attack


async def test_runtime_owns_nothing_and_bypasses_nothing(clinic: Database) -> None:
    roles = await clinic.fetch(
        "select rolname from pg_roles where rolname like 'clinic\\_%' and (rolsuper or rolbypassrls or rolcreaterole)"
    )
    owned = await clinic.fetch("select from pg_class where relowner <> 'clinic_owner'::regrole and relnamespace in"
                               " ('public'::regnamespace, 'app'::regnamespace)")  # fmt: skip
    callable_by_all = await clinic.fetch(
        "select oid::regprocedure from pg_proc where pronamespace::regnamespace::text ~ '^(app|public|api_.*)$'"
        " and has_function_privilege('public', oid, 'execute')"
    )
    assert (roles, owned, callable_by_all) == ([], [], [])


async def test_unbound_session_fails_aloud(clinic: Database) -> None:
    for role in ("clinic_runtime", "clinic_readonly"):
        with pytest.raises(asyncpg.InvalidTextRepresentationError):
            await clinic.fetch("select id from patient", user=role)


async def test_other_tenant_and_other_role_see_nothing(clinic: Database) -> None:
    for more in ({"org": SOUTH}, {"roles": ""}, {"roles": "stranger"}):
        async with calling(clinic, **more) as stranger:  # type: ignore[arg-type]
            assert await stranger.fetch("select id from patient") == []


async def test_readonly_reads_its_tenant_without_personal_data(clinic: Database) -> None:
    async with calling(clinic, role="clinic_readonly") as reader:
        assert len(await reader.fetch("select id, code from patient")) == 1
        assert (await refusal(reader, "select name from patient"))[0] == "42501"
        assert (await refusal(reader, "delete from patient"))[0] == "42501"


async def test_answers_to_repeat_belong_to_their_caller(clinic: Database) -> None:
    claim = "insert into app.idempotency_key (scope, operation, key, request_hash) values ($1, 'Visit.end', 'k', 'h')"
    async with calling(clinic) as nurse:
        await nurse.execute(claim, f"{NURSE_ID}/{NORTH}")
        assert (await refusal(nurse, claim, f"somebody/{NORTH}"))[0] == "42501"
        event = "insert into app.outbox (event, tenant, payload) values ('Ended', $1, '{}')"
        await nurse.execute(event, str(NORTH))
        assert (await refusal(nurse, event, SOUTH))[0] == "42501"
        await nurse.execute("select set_config('app.actor_id', $1, true)", SOUTH)
        assert await nurse.fetch("select key from app.idempotency_key") == []


async def test_api_key_is_found_by_its_hash_until_it_ends(clinic: Database) -> None:
    await clinic.execute(
        "insert into app.api_key (prefix, hash, identity_key, claims, expires_at, revoked_at) values"
        " ('a', '\\x01', 'i', '{\"id\": 1}', null, null), ('b', '\\x02', 'i', '{}', now(), null), ('c', '\\x03', 'i', '{}', null, now())"
    )
    found = [
        await clinic.fetch("select claims from app.api_key_find($1)", key, user="clinic_runtime")
        for key in (b"\x01", b"\x02", b"\x03")
    ]
    assert [len(rows) for rows in found] == [1, 0, 0]
    level = await clinic.fetch("select app.migration_level() as level", user="clinic_runtime")
    assert level[0]["level"] == "0001_initial"


async def test_checks_follow_from_types(clinic: Database) -> None:
    insert = "insert into patient (org_id, name, code) values ($1, $2, $3)"
    async with calling(clinic, "Patient.create") as nurse:
        for name, code in (("", "A3"), ("x" * 41, "A3"), ("Eve", "a3"), ("Eve", "A3\n")):
            assert (await refusal(nurse, insert, NORTH, name, code))[0] == "23514"
        await nurse.execute(insert, NORTH, "Eve", "A33'")


async def test_checks_of_arrays_and_structs(clinic: Database) -> None:
    insert = "insert into drug (kinds, size) values ($1, $2)"
    connection = await asyncpg.connect(clinic.superuser_url)
    try:
        await connection.execute(insert, ["planned"], "{}")
        assert (await refusal(connection, insert, ["planned", "lost"], "{}"))[0] == "23514"
        assert (await refusal(connection, insert, [], "[]"))[0] == "23514"
    finally:
        await connection.close()


async def test_table_without_a_tenant(clinic: Database) -> None:
    await clinic.execute("insert into drug (kinds, size) values ('{}', '{}')")
    async with calling(clinic) as nurse:
        assert await nurse.fetchval("select count(*) from drug") == 1
        assert (await refusal(nurse, "delete from drug"))[0] == "42501"
    async with calling(clinic, roles="stranger") as stranger:
        assert await stranger.fetchval("select count(*) from drug") == 0


async def test_seed_has_the_keys_that_its_names_give(clinic: Database) -> None:
    row = (await clinic.fetch('select id, patient_id, state from "order"'))[0]
    assert (row["id"], row["patient_id"], row["state"]) == (FIRST, IDA, "ended")
