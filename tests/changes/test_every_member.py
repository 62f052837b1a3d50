"""No difference of two specifications goes without a word: each member of each node of the IR is changed by itself."""

from pathlib import Path

import pytest

from bdc.changes import changes
from bdc.changes.behaviour.parts import SILENT, STORED, is_silent
from bdc.diagnostics import DiagnosticSink
from bdc.ir import SystemIR
from bdc.ir.expr import EXPRESSIONS
from bdc.pipeline import compile_system
from bdc.project import load_project
from tests.changes.mutations import mutations
from tests.support.specs import ROOT

SYSTEMS = sorted(path.name for path in (ROOT / "tests" / "systems").iterdir() if path.is_dir())

# Expressions are compared by meaning (`test_meaning`); the rest is told by no surface, with its reason in `SILENT`.
APART = {each.__name__ for each in EXPRESSIONS} | {"PathStep", "Seed", "Scenario", "Load", "Removal"}
# What lowering works out from something else, which is told: changed by itself it says nothing.
FOLLOWS = {
    "CallResult.*": "what the operation of the other service answers",
    "Check.column": "the type of the field",
    "Claim.of": "the claims of the second identity",
    "Check.name": "a name in the database, shown by the plan",
    "Column.*": "the field that it holds",
    "Exclusion.name": "a name in the database, shown by the plan",
    "Envelope.many": "a resource without a list",
    "ExpandNode.always": "what rows show",
    "ExpandNode.max": "on a reference to one row there is none",
    "FieldRule.write": "a rule that allows every role that may write at all",
    "FieldRule.read": "a rule that allows every role that may read at all",
    "Grant.roles": "a role that the others include, or that reaches no row",
    "ForeignKey.*": "the reference",
    "ForeignKey.name": "a name in the database, shown by the plan",
    "InputMember.by": "a member that names no rows",
    "InputMember.called": "a member that names no rows",
    "InputMember.creates": "a member that names no rows",
    "InputMember.required": "an update requires nothing",
    "Operation.called": "the name of an operation, which no other api has",
    "Operation.graphql": "an api without GraphQL",
    "Page.default": "a resource without a list",
    "Page.max": "a resource without a list",
    "Page.total": "a resource without a list",
    "Page.kind": "a resource without a list",
    "Parameter.row": "what expressions call the row",
    "Resource.bulk": "a resource that no request writes to",
    "Resource.conditional": "a resource that is not read",
    "Resource.parent": "the path, which names the row around",
    "Resource.search_prefix": "a resource without a search",
    "Resource.path": "a resource of one row, whose path is told",
    "Resource.via": "the path, which names the row around",
    "Resource.search_rank": "a resource without a search",
    "Resource.search_fuzzy": "a resource without a search",
    "Resource.minimal": "a resource that writes nothing",
    "Resource.replica": "a resource that is not read",
    "Operation.replica": "an operation that writes",
    "Resource.selectable": "a resource that answers with no row",
    "Resource.can": "a resource that answers with no row",
    "Operation.returns_nullable": "an operation without a result",
    "Parameter.graphql": "an api without GraphQL",
    "Parameter.nullable": "what stands in a path is always given",
    "SystemIR.policies": "a policy without rules",
    "Operation.entity": "the resource that it stands in",
    "Hook.entity": "the resource that it stands in",
    "Operation.writes": "its method and body",
    "Parameter.header": "its place is no header",
    "Policy.scope": "a scope under rules that allow nothing",
    "PolicyRule.actions": "an action that another rule allows",
    "PolicyRule.via_action": "a rule without `via` has none",
    "PolicyRule.roles": "a role that the others include",
    "PrimaryKey.columns": "the key of the entity",
    "RaisedError.on": "there is one condition",
    "Role.granted_by": "a role that no rule names",
    "TransitionBody.restores": "the name of the operation, and the mark of its entity",
    "SqlBody.keys": "the statement of the operation",
    "Table.*": "the fields of the entity",
    "UniqueKey.name": "a name in the database, shown by the plan",
    "View.*": "the fields of the view",
}
# Names of what is declared elsewhere: alone, the change names nothing, and the comparison of such a system may fail.
NAMES = {
    *("CollectionField.name", "CollectionField.target", "CollectionField.inverse", "CollectionField.through"),
    *(
        "CollectionField.far",
        "Column.name",
        "ComputedField.name",
        "Entity.key",
        "Entity.name",
        "Entity.owner",
    ),
    *(
        "Entity.table",
        "Entity.tenant",
        "EntityType.name",
        "EnumDecl.name",
        "EnumType.name",
        "ExpandNode.field",
        "ShowMember.field",
        "Resource.by",
        "Resource.create",
        "Resource.update",
    ),
    *(
        "Filter.field",
        "Filter.via",
        "InputMember.field",
        "Machine.entity",
        "Machine.field",
        "PolicyRule.via",
        "RaisedError.error",
    ),
    *(
        "ReferenceField.columns",
        "ReferenceField.name",
        "ReferenceField.target",
        "ReferenceField.target_columns",
    ),
    *("ReferenceField.carriers", "Resource.entity", "Role.entity", "Role.name", "ScalarField.name"),
    *("StructDecl.name", "StructType.name", "SystemIR.entities", "SystemIR.enums", "SystemIR.structs"),
    *("SystemIR.tables", "SystemIR.views", "SystemIR.roles", "Table.name", "Entity.fields", "View.source"),
    *(
        "Claim.name",
        "DomainDecl.name",
        "Identity.claims",
        "Identity.entity",
        "ScalarType.domain",
        "Policy.entity",
        "FieldRule.field",
        "View.values",
        "SystemIR.errors",
    ),
}


def compiled_system(path: Path) -> SystemIR:
    sink = DiagnosticSink()
    system = compile_system(load_project(path, sink).files).system
    assert system is not None and not sink.has_errors
    return system


def untold(system: SystemIR, most: int) -> list[str]:
    """Return the members whose change says nothing, or breaks the comparison."""
    missed = []
    for mutation in mutations(system, skipped=APART, most=most):
        # the types of columns are those of fields
        derived = ".columns[" in mutation.path and ".type." in mutation.path
        # the arguments of a job stand in no request
        derived |= mutation.path.startswith("jobs[") and mutation.kind == "Parameter.place"
        # what an api of several versions is called here follows from the name that it is written under
        derived |= mutation.kind == "Api.name" and _is_named_apart(system, mutation.path)
        if derived or is_silent(mutation.kind) or _follows(mutation.kind):
            continue
        try:
            found = changes(system, mutation.system)
        except (KeyError, IndexError, ValueError, StopIteration, TypeError, AssertionError):
            if mutation.kind not in NAMES:
                missed.append(f"{mutation.kind} at {mutation.path}: cannot be compared")
            continue
        if not found:
            missed.append(f"{mutation.kind} at {mutation.path}")
    return missed


def _is_named_apart(system: SystemIR, path: str) -> bool:
    return system.apis[int(path.partition("[")[2].partition("]")[0])].called is not None


def _follows(kind: str) -> bool:
    return kind in FOLLOWS or (f"{kind.partition('.')[0]}.*" in FOLLOWS and kind not in STORED)


def test_every_member_is_told() -> None:
    assert untold(compiled_system(ROOT / "tests" / "systems" / "registry"), most=1) == []


@pytest.mark.long
@pytest.mark.parametrize("name", SYSTEMS)
def test_every_member_of_every_system_is_told(name: str) -> None:
    assert untold(compiled_system(ROOT / "tests" / "systems" / name), most=2) == []


def test_every_silence_has_a_reason() -> None:
    assert all(reason for reason in (*SILENT.values(), *FOLLOWS.values()))
