"""A small system, built by hand: tenants, a machine, versions, personal data, soft deletion, grants of fields."""

from functools import cache

from bdc.ir import (
    ArrayType,
    Assignment,
    Call,
    Check,
    Claim,
    Column,
    Compare,
    Entity,
    EntityType,
    EnumDecl,
    EnumType,
    EnumValue,
    Expr,
    FieldRule,
    ForeignKey,
    Grant,
    Identity,
    Index,
    IndexKey,
    IsNull,
    Literal,
    Machine,
    Origin,
    Path,
    PathStep,
    Policy,
    PolicyRule,
    PrimaryKey,
    ReferenceField,
    Role,
    Root,
    Scalar,
    ScalarField,
    ScalarType,
    Seed,
    SeedRow,
    SqlBlock,
    Stamp,
    StructDecl,
    StructType,
    SystemIR,
    Table,
    Transition,
    Type,
    UniqueKey,
)
from bdc.ir.compiled import CompiledFunction, CompiledQueries
from bdc.query.caller_rules import caller_rules
from bdc.query.claims import identity_parameters
from bdc.query.policy import Policies
from bdc.query.row_security import row_policies

AT = Origin(file="clinic.bds", line=1, column=1)
UUID = ScalarType(scalar=Scalar.UUID)
BOOL = ScalarType(scalar=Scalar.BOOL)
TEXT = ScalarType(scalar=Scalar.TEXT)
TIMESTAMP = ScalarType(scalar=Scalar.TIMESTAMP)
BIGINT = ScalarType(scalar=Scalar.BIGINT)
NAME = ScalarType(scalar=Scalar.STRING, min_length=1, max_length=40)
CODE = ScalarType(scalar=Scalar.STRING, pattern=r"^[A-Z]\d+'?$")
ROOMS = ScalarType(scalar=Scalar.INT, minimum=1, maximum=9)
STATE = EnumType(name="State")
STRUCT = StructType(name="Size")
NOW = Call(type=TIMESTAMP, function="now")
ONE = Literal(type=BIGINT, value=1)
UUID7 = Call(type=UUID, function="uuid7")


def scalar(name: str, kind: Type, **more: object) -> ScalarField:
    return ScalarField(name=name, column=name, type=kind, origin=AT, **more)


def reference(name: str, target: str, column: str, **more: object) -> ReferenceField:
    tenanted = target != "Org"
    return ReferenceField(
        name=name,
        target=target,
        column=column,
        columns=("org_id", column) if tenanted else (column,),
        target_columns=("org_id", "id") if tenanted else ("id",),
        origin=AT,
        **more,
    )


ORG = Entity(
    name="Org", plural="Orgs", module="clinic", table="org", key=("id",), tenant_root=True, origin=AT,
    fields=(scalar("id", UUID, default=UUID7), scalar("name", NAME)),
)  # fmt: skip
PATIENT = Entity(
    name="Patient", plural="Patients", module="clinic", table="patient", key=("id",), tenant="org", soft_delete="deleted_at",
    audited=True, origin=AT,
    fields=(
        scalar("id", UUID, default=UUID7),
        reference("org", "Org", "org_id", tenant=True, immutable=True),
        scalar("name", NAME, pii=True),
        scalar("code", CODE),
        scalar("diagnosis", TEXT, nullable=True, encrypted=True, pii=True),
        scalar("deleted_at", TIMESTAMP, nullable=True, stamp=Stamp.DELETED),
    ),
)  # fmt: skip
VISIT = Entity(
    name="Visit", plural="Visits", module="clinic", table="order", key=("id",), tenant="org", audited=True, versioned=True,
    origin=AT,
    fields=(
        scalar("id", UUID, default=UUID7),
        reference("org", "Org", "org_id", tenant=True, immutable=True),
        reference("patient", "Patient", "patient_id", on_delete="cascade"),
        scalar("state", STATE, default=Literal(type=STATE, value="planned")),
        scalar("rooms", ROOMS),
        scalar("code", CODE, immutable=True),
        scalar("remark", TEXT, nullable=True),
        scalar("created_at", TIMESTAMP, stamp=Stamp.CREATED),
        scalar("updated_at", TIMESTAMP, stamp=Stamp.TOUCHED),
        scalar("version", BIGINT, stamp=Stamp.VERSION),
    ),
)  # fmt: skip

DRUG = Entity(
    name="Drug", plural="Drugs", module="clinic", table="drug", key=("id",), origin=AT,
    fields=(scalar("id", UUID, default=UUID7), scalar("kinds", ArrayType(item=STATE)), scalar("size", STRUCT)),
)  # fmt: skip


def column(name: str, kind: Type = UUID, **more: object) -> Column:
    return Column(name=name, type=kind, **more)


def to_org(table: str) -> ForeignKey:
    return ForeignKey(
        name=f"{table}_org_fkey",
        columns=("org_id",),
        target_table="org",
        target_columns=("id",),
        on_delete="restrict",
    )


TABLES = (
    Table(
        name="org", entity="Org", tenant_column="id", primary_key=PrimaryKey(name="org_pkey", columns=("id",)),
        columns=(column("id", default=UUID7), column("name", NAME)),
        checks=(Check(name="org_name_type", column="name"),),
    ),
    Table(
        name="patient", entity="Patient", tenant_column="org_id", doc="Who is treated; it's \"private\".",
        primary_key=PrimaryKey(name="patient_pkey", columns=("org_id", "id")),
        columns=(
            column("id", default=UUID7), column("org_id", immutable=True), column("name", NAME, doc="As on the card"),
            column("code", CODE), column("diagnosis", TEXT, nullable=True, encrypted=True),
            column("deleted_at", TIMESTAMP, nullable=True),
        ),
        uniques=(UniqueKey(
            name="patient_org_code_key", columns=("org_id", "code"),
            where=IsNull(type=BOOL, value=Path(
                type=TIMESTAMP, nullable=True, root=Root.ROW, steps=(PathStep(entity="Patient", field="deleted_at"),)
            )),
        ),),
        indexes=(Index(name="patient_search_idx", keys=(IndexKey(column="name"),), method="gin", search=True),),
        checks=(Check(name="patient_name_type", column="name"), Check(name="patient_code_type", column="code")),
        foreign_keys=(to_org("patient"),),
    ),
    Table(
        name="order", entity="Visit", tenant_column="org_id",
        primary_key=PrimaryKey(name="order_pkey", columns=("org_id", "id")),
        columns=(
            column("id", default=UUID7), column("org_id", immutable=True), column("patient_id"),
            column("state", STATE, default=Literal(type=STATE, value="planned")), column("rooms", ROOMS),
            column("code", CODE, immutable=True), column("remark", TEXT, nullable=True),
            column("created_at", TIMESTAMP, default=NOW), column("updated_at", TIMESTAMP, default=NOW),
            column("version", BIGINT, default=ONE),
        ),
        uniques=(UniqueKey(name="order_org_code_key", columns=("org_id", "code")),),
        indexes=(Index(name="order_patient_idx", keys=(IndexKey(column="org_id"), IndexKey(column="patient_id", descending=True))),),
        checks=(Check(name="order_state_enum", column="state"), Check(name="order_rooms_range", column="rooms")),
        foreign_keys=(to_org("order"), ForeignKey(
            name="order_patient_fkey", columns=("org_id", "patient_id"), target_table="patient",
            target_columns=("org_id", "id"), on_delete="cascade",
        )),
    ),
)  # fmt: skip

DRUGS = Table(
    name="drug", entity="Drug", primary_key=PrimaryKey(name="drug_pkey", columns=("id",)),
    columns=(column("id", default=UUID7), column("kinds", ArrayType(item=STATE)), column("size", STRUCT)),
    checks=(Check(name="drug_kinds_type", column="kinds"), Check(name="drug_size_type", column="size")),
)  # fmt: skip


def _here(entity: str) -> Expr:
    org = Path(type=EntityType(name="Org"), root=Root.ROW, steps=(PathStep(entity=entity, field="org"),))
    claim = Path(type=UUID, root=Root.ACTOR, steps=(PathStep(entity=None, field="org"),))
    return Compare(type=BOOL, op="==", left=org, right=claim)


def _rule(
    entity: str, number: int, roles: tuple[str, ...], *actions: str, condition: Expr | None = None
) -> PolicyRule:
    return PolicyRule(
        id=f"{entity}.allow.{number}",
        effect="allow",
        actions=actions,
        roles=roles,
        condition=condition,
        origin=AT,
    )


def _growing() -> Expr:
    before, after = (
        Path(type=ROOMS, root=root, steps=(PathStep(entity="Visit", field="rooms"),))
        for root in (Root.OLD, Root.NEW)
    )
    return Compare(type=BOOL, op="<=", left=before, right=after)


POLICIES = (
    Policy(entity="Org", origin=AT, rules=(_rule("Org", 1, ("nurse",), "read"),)),
    Policy(entity="Drug", origin=AT, rules=(_rule("Drug", 1, ("nurse",), "read"),)),
    Policy(
        entity="Patient", scope=_here("Patient"), origin=AT,
        rules=(
            _rule("Patient", 1, ("nurse",), "read", "create", "update"),
            _rule("Patient", 2, ("doctor",), "delete"),
        ),
        fields=(FieldRule(field="diagnosis", write=Grant(roles=("doctor",)), origin=AT),),
    ),
    Policy(
        entity="Visit", scope=_here("Visit"), origin=AT,
        rules=(
            _rule("Visit", 1, ("nurse",), "read", "create"),
            _rule("Visit", 2, ("nurse",), "update", condition=_growing()),
            _rule("Visit", 3, ("doctor",), "end", "delete"),
        ),
    ),
)  # fmt: skip


def _move(sources: tuple[str, ...], target: str, operation: str | None) -> Transition:
    return Transition(sources=sources, target=target, operation=operation, origin=AT)


def _name(name: str) -> Expr:
    return Literal(type=NAME, value=name)


def _row(entity: str, row: str, /, **values: Expr) -> SeedRow:
    return SeedRow(
        name=row,
        entity=entity,
        values=tuple(Assignment(field=field, value=value) for field, value in values.items()),
    )


def _to(name: str, entity: str) -> Expr:
    return Path(type=EntityType(name=entity), root=Root.SCENARIO, name=name)


SEED = Seed(
    name="demo", origin=AT,
    rows=(
        _row("Org", "north", name=_name("North")),
        _row("Patient", "ida", org=_to("north", "Org"), name=_name("Ida O'Hara"), code=_name("A1")),
        _row("Visit", "first", org=_to("north", "Org"), patient=_to("ida", "Patient"), code=_name("B1"),
             state=Literal(type=STATE, value="ended"), rooms=Literal(type=ROOMS, value=2)),
    ),
)  # fmt: skip

CLINIC = SystemIR(
    name="clinic",
    title="Clinic",
    enums=(EnumDecl(name="State", origin=AT, values=tuple(EnumValue(name=name) for name in ("planned", "begun", "ended"))),),
    structs=(StructDecl(name="Size", fields=(), origin=AT),),
    entities=(ORG, PATIENT, VISIT, DRUG),
    tables=(*TABLES, DRUGS),
    sql_blocks=(SqlBlock(name="by_code", sql='create index order_by_code on "order" (org_id, upper(code));', origin=AT),),
    machines=(
        Machine(
            entity="Visit", field="state", initial="planned", origin=AT,
            transitions=(_move(("planned",), "begun", None), _move(("begun", "planned"), "ended", "end")),
        ),
    ),
    identity=Identity(
        entity="Org", roles_claim="roles", tenant_claim="org", origin=AT,
        claims=(
            Claim(name="id", type=UUID, source="sub"),
            Claim(name="org", type=UUID, source="org"),
            Claim(name="roles", type=ArrayType(item=TEXT), source="roles"),
        ),
    ),
    roles=(Role(name="nurse", granted_by=("nurse", "doctor")), Role(name="doctor", granted_by=("doctor",))),
    policies=POLICIES,
    seeds=(SEED,),
)  # fmt: skip

TICK = CompiledFunction(
    name="tick",
    entity=None,
    operation="tick",
    parameters=(),
    sql='create function "api_0123456789ab".tick() returns integer language sql as $$ select 1 $$',
    call='select "api_0123456789ab".tick()',
)


@cache
def clinic_queries(system: SystemIR = CLINIC) -> CompiledQueries:
    """Return what the compiled queries of the clinic have for the database, with one function that stands for all."""
    policies = Policies(system)
    guards, rules = row_policies(system, policies), caller_rules(system, policies)
    return CompiledQueries(
        "api_0123456789ab", identity_parameters(system), (), (TICK,), guards, policies.functions, rules
    )
