"""What SQL of the specification lets roles do with a table, beside the policies that the specification says: policies and rights as they
were found. Where a table is guarded, both are pointed out."""

from collections.abc import Iterator

from bdc.catalog import Database, Table
from bdc.ddl.names import Name
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import member
from bdc.plan.operation import Hazard
from bdc.source.records import dataclass
from bdc.sql.parse import SqlSyntaxError, parse
from bdc.sql.tree import Node

_PUBLIC = "ROLESPEC_PUBLIC"


@dataclass(frozen=True, slots=True)
class RawPolicy:
    """A permissive policy. `roles`: the roles it is for; `public` is every role."""

    name: str
    roles: frozenset[str]


def permissive_beside(context: Context, table: Name) -> Iterator[Hazard]:
    """Yield a hazard for each permissive policy of the table that SQL says, where policies of the specification come beside it."""
    for found in _policies(context.new, context.new_tables[table]):
        who = "everybody" if "public" in found.roles else ", ".join(sorted(found.roles))
        yield Hazard(
            code="POLICY_BESIDE",
            object=member(table, found.name),
            message=f"this policy of the database stays, for {who}: what it allows is allowed, whatever the new policies say",
        )


def hidden_from(context: Context, table: Name) -> Iterator[Hazard]:
    """Yield a hazard for each role that SQL gives rights on the table, and that no policy is for: its rows are out of sight from then on."""
    after = context.new_tables[table]
    seeing = _own_roles(after) | {role for found in _policies(context.new, after) for role in found.roles}
    if not _own_roles(after) or "public" in seeing:
        return
    for role in sorted(_holders(context.new, after) - seeing):
        yield Hazard(
            code="ROWS_HIDDEN",
            object=spelled(table),
            message=f"{role} has rights on the table, and sees no row from here on: no policy is for it",
        )


def _own_roles(table: Table) -> set[str]:
    """Return the roles that policies of the specification are for: those that are called like the owner, whose policy every guarded table
    has."""
    owner = next((each.roles[0] for each in table.policies if each.name == f"{table.name.name}_owner"), "")
    system = owner.removesuffix("owner")
    return {role for each in table.policies for role in each.roles if system and role.startswith(system)}


def _policies(database: Database, table: Table) -> Iterator[RawPolicy]:
    own = _own_roles(table)
    for policy in table.policies:
        if not policy.restrictive and own and not own.issuperset(policy.roles):
            yield RawPolicy(policy.name, frozenset(policy.roles))
    for node in _statements(database, "policy", "create policy", table.name.name):
        relation = node.node("table")
        if (
            node.kind == "CreatePolicyStmt"
            and node.get("permissive")
            and relation
            and _is(relation, table.name)
        ):
            yield RawPolicy(
                node.text("policy_name"), frozenset(_roles(node, "roles")) or frozenset({"public"})
            )


def _holders(database: Database, table: Table) -> set[str]:
    found = {right.role for right in table.rights}
    for node in _statements(database, "grant", "grant", table.name.name):
        if node.kind == "GrantStmt" and any(_is(each, table.name) for each in node.nodes("objects")):
            found.update(_roles(node, "grantees"))
    return found


def _statements(database: Database, kind: str, begin: str, word: str) -> Iterator[Node]:
    """Yield what may be meant: only those texts are parsed."""
    for other in database.others:
        text = other.definition.lstrip().lower()
        if (other.kind == kind or text.startswith(begin)) and word.lower() in text:
            try:
                yield from (statement.node for statement in parse(other.definition))
            except SqlSyntaxError:
                continue


def _is(relation: Node, table: Name) -> bool:
    place = relation.text("schemaname") or "public"
    return relation.text("relname") == table.name and place == (table.schema or "public")


def _roles(node: Node, name: str) -> Iterator[str]:
    for each in node.nodes(name):
        yield "public" if each.get("roletype") == _PUBLIC else each.text("rolename")
