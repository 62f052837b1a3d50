"""What linters of others say about the database, answered: each exception with its reason, beside the migrations.

A linter asks for a review of certain objects; these lists are what was reviewed, and why it is right.
"""

import json
import re
from collections.abc import Iterator, Sequence

from bdc.ddl.names import Name
from bdc.ddl.nodes import CreateDomain, CreateFunction, CreateTable, CreateTrigger, Statement
from bdc.ir import SystemIR, Table
from bdc.ir.compiled import CompiledQueries, RowPolicy
from bdc.output import GeneratedFile
from bdc.schema.audit_seal import audit_tables
from bdc.schema.names import APP, fitted
from bdc.schema.system_tables import TABLES
from bdc.schema.webhooks import webhook_tables
from bdc.source.records import dataclass

_SQUAWK = """\
# squawk reads this: squawk --config database/.squawk.toml database/migrations/*/*.sql
pg_version = "{version}"
# The runner wraps each file in one transaction (or, for `-- transaction: none`, runs each statement alone).
assume_in_transaction = true
{answers}excluded_rules = [{rules}]
"""
_INT = (
    "int is a declared type with a range that the specification knows; bigint is there for those who need it."
)
_KEPT = "Columns of this type belong to tables that are kept as they are: of a queue, or of a database that was adopted."
_DOMAIN = "Domains with checks are those of a database that was adopted."
# By how a type begins: what squawk would have instead, and why it is right here.
_TYPES = {
    "integer": ("prefer-bigint-over-int", _INT),
    "smallint": (
        "prefer-bigint-over-smallint",
        "smallint stands for numbers that are small: their range is declared.",
    ),
    "character varying": ("prefer-text-field", _KEPT),
    "varchar": ("prefer-text-field", _KEPT),
    "char": ("ban-char-field", _KEPT),
    "timestamp without": ("prefer-timestamp-tz", _KEPT),
}
_HEADER = """\
# pgrls reads this: pgrls lint --config database/pgrls.toml --database-url …
# Every exception was looked at; nothing is turned off.

[database]
schemas = ["public", "app"]

[lint]
fail_on = "info"
"""


@dataclass(frozen=True, slots=True)
class Exemption:
    """Objects that a rule need not report, and why."""

    rule: str
    reason: str
    objects: tuple[str, ...]


def linter_files(
    system: SystemIR, queries: CompiledQueries, made: Sequence[Statement]
) -> Iterator[GeneratedFile]:
    version = min((deploy.database.version for deploy in system.deploys), default=18)
    yield GeneratedFile("database/.squawk.toml", _squawk(f"{version}.0", made))
    sections = [
        _HEADER,
        *(_section(found) for found in exemptions(system, queries, made) if found.objects),
    ]
    yield GeneratedFile("database/pgrls.toml", "\n".join(sections))


def _squawk(version: str, made: Sequence[Statement]) -> str:
    answered = dict(_answered(made))
    answers = "".join(f"# {rule}: {reason}\n" for rule, reason in answered.items())
    return _SQUAWK.format(version=version, answers=answers, rules=", ".join(map(json.dumps, answered)))


def _answered(made: Sequence[Statement]) -> Iterator[tuple[str, str]]:
    """Yield the rules that what is made would break, each with the reason why it is right."""
    types = {column.type for each in made if isinstance(each, CreateTable) for column in each.columns}
    for start, answer in _TYPES.items():
        if start == "integer" or any(type_.startswith(start) for type_ in types):
            yield answer
    if any(isinstance(each, CreateDomain) and each.checks for each in made):
        yield "ban-create-domain-with-constraint", _DOMAIN


def exemptions(system: SystemIR, queries: CompiledQueries, made: Sequence[Statement]) -> Iterator[Exemption]:
    """Yield what each rule need not report."""
    guarded = [
        policy for policy in queries.row_policies if "runtime" in policy.roles and not policy.restrictive
    ]
    shared = [table.name for table in system.tables if table.tenant_column is None]
    yield Exemption(
        "SEC005",
        "Who may use the command depends on the caller's roles; which rows, on the restrictive tenant policy, where there are tenants.",
        tuple(f"public.{policy.table}.{fitted(policy.name)}" for policy in guarded),
    )
    yield Exemption(
        "SEC007",
        "No tenant's rows are here; of `app` the service reads its own answers only, and appends events.",
        (
            *(f"{APP}.{table.name}" for table in (*TABLES, *audit_tables(system), *webhook_tables(system))),
            *(f"public.{name}" for name in shared),
        ),
    )
    yield from _of_functions(queries, made)
    yield from _of_columns(system, guarded)


def _of_functions(queries: CompiledQueries, made: Sequence[Statement]) -> Iterator[Exemption]:
    yield Exemption(
        "SEC013",
        "These raise, set a stamp of the row at hand, or append to the audit trail; none reads another table for its caller.",
        tuple(
            f"{_full(trigger.table)}.{trigger.name}" for trigger in made if isinstance(trigger, CreateTrigger)
        ),
    )
    definers = [node.name for node in made if isinstance(node, CreateFunction) and node.definer]
    helpers = [helper.name.replace('"', "") for helper in queries.helpers]
    yield Exemption(
        "SEC014",
        "Fixed search path, no execution by PUBLIC. Helpers of policies answer for the caller's own tenant and identity only;"
        " a key is found by its hash; the trail is written, never read.",
        (*map(_full, definers), *helpers),
    )


def _of_columns(system: SystemIR, policies: list[RowPolicy]) -> Iterator[Exemption]:
    nullable = [table for table in system.tables if _names_nullable(table, policies)]
    yield Exemption(
        "SEC030",
        "A row without this owner has no owner on purpose: `=` never matches null.",
        (f"{APP}.outbox", *(f"public.{table.name}" for table in nullable)),
    )
    yield Exemption(
        "SEC035",
        "Declared unique across all tenants.",
        tuple(f"public.{table.name}" for table in system.tables if _is_unique_across(table)),
    )
    yield Exemption(
        "PERF003",
        "Every index of a tenant's table begins with the tenant, which the restrictive policy compares; events are appended.",
        (
            f"{APP}.outbox.outbox_write",
            *(f"public.{policy.table}.{fitted(policy.name)}" for policy in policies),
        ),
    )


def _names_nullable(table: Table, policies: list[RowPolicy]) -> bool:
    text = " ".join(f"{policy.using} {policy.check}" for policy in policies if policy.table == table.name)
    words = set(re.findall(r"\w+", text))
    return any(column.nullable and column.name in words for column in table.columns)


def _is_unique_across(table: Table) -> bool:
    tenant = table.tenant_column
    return tenant is not None and any(tenant not in key.columns for key in table.uniques)


def _full(name: Name) -> str:
    return f"{name.schema or 'public'}.{name.name}"


def _section(exemption: Exemption) -> str:
    listed = "".join(f"  {json.dumps(name)},\n" for name in sorted(exemption.objects))
    return f"# {exemption.reason}\n[lint.rules.{exemption.rule}]\nallowlist = [\n{listed}]\n"
