"""The whole schema of a system as statements, in the order in which they can run."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from bdc.ddl.names import Name
from bdc.ddl.nodes import (
    CreateRoutine,
    CreateSchema,
    CreateTable,
    Grant,
    Privilege,
    Script,
    Section,
    Statement,
)
from bdc.ir import Entity, SystemIR
from bdc.ir.compiled import CallerRule, CompiledQueries, RowPolicy
from bdc.schema.api_keys import create_key_look_up, grant_key_look_up, keys_of_rows
from bdc.schema.audit_seal import create_audit_seals
from bdc.schema.caller_rules import create_caller_rules
from bdc.schema.extensions import extensions
from bdc.schema.helpers import create_helpers
from bdc.schema.implied import implied_keys
from bdc.schema.issued_keys import issued_key_objects
from bdc.schema.names import APP, Roles, name_of, roles_of, schemas_of
from bdc.schema.own_sql import own_sql_after, own_sql_before, own_sql_between
from bdc.schema.own_sql_rights import own_sql_rights
from bdc.schema.partitions import secure_partitions
from bdc.schema.policies import secure
from bdc.schema.queue import create_queue, queue_types
from bdc.schema.roles import close_database, create_roles, of_main_identity, schema_grants, table_grants
from bdc.schema.rotation import create_rotations
from bdc.schema.sign_in import sign_in_objects
from bdc.schema.system_tables import create_tables, runtime_access
from bdc.schema.tables import TableBuilder
from bdc.schema.triggers import create_triggers
from bdc.schema.types import create_types
from bdc.schema.views import create_views
from bdc.schema.webhooks import create_webhook_tables, create_webhook_trigger


def preamble(system: SystemIR, queries: CompiledQueries) -> Iterator[Statement]:
    """Yield roles and the closing of the database: what needs more than the owner's rights."""
    roles = roles_of(system)
    yield Section("Roles. They log in with passwords that no file holds.")
    yield from create_roles(roles, of_main_identity(system, queries.identity), sharded=system.sharded)
    yield Section("Nobody may anything by default. From here on the owner acts.")
    yield from close_database(roles)
    yield Script("set local search_path = public, pg_temp;")


def schema(system: SystemIR, queries: CompiledQueries) -> Iterator[Statement]:
    """Yield everything that the owner makes."""
    roles = roles_of(system)
    yield from extensions(system)
    yield Section(
        "What every system has: the ledger, the audit trail, the outbox, answers to repeat, API keys"
    )
    yield CreateSchema(APP)
    yield from (CreateSchema(name) for name in schemas_of(system))
    yield from create_tables(system, roles)
    yield from queue_types(system)
    yield from create_queue(system, roles)
    yield from create_helpers(system, roles)
    yield from schema_grants(roles, schemas_of(system))
    yield from runtime_access(system, roles)
    yield from create_audit_seals(system, roles)
    yield from create_rotations(system, roles)
    yield from create_webhook_tables(system, roles)
    yield from own_sql_before(system)
    yield from create_types(system)
    yield from own_sql_between(system)
    yield from _tables(system)
    yield from _rules(system, queries)
    yield from issued_key_objects(system, roles)
    if keys_of_rows(system):
        yield from create_key_look_up(system)
        yield from grant_key_look_up(roles)
    yield from sign_in_objects(system, roles)
    yield from create_webhook_trigger(system, queries.identity)
    if system.views:
        yield Section("Views")
        yield from create_views(system, roles)
    yield from own_sql_after(system)
    yield from own_sql_rights(system, roles)


def found(system: SystemIR) -> Iterator[Statement]:
    """Yield what of it a database holds that no backend has been in: all but schema `app`, roles, rules and their rights."""
    own = roles_of(system)
    named = frozenset((own.owner, own.migrator, own.runtime, own.service, own.readonly))
    yield from extensions(system)
    yield from (CreateSchema(name) for name in schemas_of(system))
    yield from own_sql_before(system)
    yield from create_types(system)
    yield from own_sql_between(system)
    yield from (_by_itself(each) for each in _tables(system))
    views = create_views(system, own)
    yield from (each for each in views if not (isinstance(each, Grant) and named.issuperset(each.roles)))
    yield from own_sql_after(system)


def _by_itself(statement: Statement) -> Statement:
    """A default that a function of schema `app` makes comes with that schema."""
    if not isinstance(statement, CreateTable):
        return statement
    columns = (
        replace(each, default=None) if f"{APP}." in (each.default or "") else each
        for each in statement.columns
    )
    return replace(statement, columns=tuple(columns))


def _tables(system: SystemIR) -> Iterator[Statement]:
    yield Section("Tables")
    builders = [TableBuilder(system, table) for table in system.tables]
    for builder in builders:
        yield from builder.sequences()
        yield from builder.create()
    yield Section("References")
    implied = implied_keys(system)
    for builder in builders:
        yield from builder.foreign_keys(implied)


def _rules(system: SystemIR, queries: CompiledQueries) -> Iterator[Statement]:
    """A table is secured and opened in one transaction with its creation: no session ever sees it unguarded."""
    roles = roles_of(system)
    policies: dict[str, list[RowPolicy]] = defaultdict(list)
    for policy in queries.row_policies:
        policies[policy.table].append(policy)
    callers: dict[str, list[CallerRule]] = defaultdict(list)
    for rule in queries.caller_rules:
        callers[rule.table].append(rule)
    yield from _policy_functions(queries, roles)
    for entity in _by_table(system):
        table = system.table(entity.table)
        yield Section(f"Rules of {table.name}")
        yield from secure(table, policies[table.name], roles)
        yield from secure_partitions(table, roles)
        yield from table_grants(system, entity, policies[table.name], roles)
        yield from create_triggers(system, entity, roles)
        yield from create_caller_rules(name_of(table), callers[table.name], roles)


def _policy_functions(queries: CompiledQueries, roles: Roles) -> Iterator[Statement]:
    """What policies and rules of callers ask about other tables."""
    yield Section("Questions that policies ask about other tables")
    for helper in queries.helpers:
        name = _split(helper.name)
        yield CreateRoutine(name, helper.signature, helper.sql)
        execute, may = (Privilege("execute"),), (roles.runtime, roles.service)
        yield Grant(execute, "function", name, may, signature=helper.signature.strip("()"))


def _split(name: str) -> Name:
    schema, _, own = name.rpartition(".")
    return Name(own.strip('"'), schema.strip('"') or None)


def _by_table(system: SystemIR) -> Iterator[Entity]:
    """Guarded entities, in the order of the tables."""
    entities = (system.entity(table.entity) for table in system.tables)
    return (entity for entity in entities if not entity.unguarded)
