"""A small system by hand: a tenant, a machine, a reference, owned rows, a mask, a decimal, roles of every kind."""

from decimal import Decimal
from typing import Any

from bdc.ir import (
    Api,
    Assignment,
    Claim,
    CollectionField,
    Column,
    Compare,
    Entity,
    Entry,
    EnumDecl,
    EnumType,
    EnumValue,
    ErrorDecl,
    ExpandNode,
    FieldRule,
    Filter,
    Grant,
    HandlerBody,
    Http,
    Identity,
    InList,
    InputMember,
    InputShape,
    ListLiteral,
    Literal,
    Machine,
    Operation,
    Origin,
    Parameter,
    Path,
    PathStep,
    Policy,
    PolicyRule,
    PrimaryKey,
    RaisedError,
    RateLimit,
    ReferenceField,
    Resource,
    Role,
    Root,
    Scalar,
    ScalarField,
    ScalarType,
    Seed,
    SeedRow,
    SqlBody,
    Stamp,
    StructDecl,
    StructField,
    StructType,
    SystemIR,
    Table,
    Transition,
    TransitionBody,
)
from bdc.ir.types import ArrayType, EntityType

AT = Origin(file="small.bds", line=1, column=1)
UUID = ScalarType(scalar=Scalar.UUID)
BOOL = ScalarType(scalar=Scalar.BOOL)
INT = ScalarType(scalar=Scalar.INT)
TIMESTAMP = ScalarType(scalar=Scalar.TIMESTAMP)
DATE = ScalarType(scalar=Scalar.DATE)
MONEY = ScalarType(scalar=Scalar.DECIMAL, precision=12, scale=2, minimum=Decimal(0))
STATE = EnumType(name="NoteState")


def string(most: int, **more: Any) -> ScalarType:
    return ScalarType(scalar=Scalar.STRING, max_length=most, **more)


def scalar(name: str, logical: Any, **more: Any) -> ScalarField:
    return ScalarField(name=name, type=logical, column=name, origin=AT, **more)


def literal(value: Any, logical: Any) -> Literal:
    return Literal(value=value, type=logical)


def path(root: Root, *steps: tuple[str | None, str], logical: Any = UUID) -> Path:
    return Path(
        root=root, type=logical, steps=tuple(PathStep(entity=entity, field=field) for entity, field in steps)
    )


def equal(left: Any, right: Any) -> Compare:
    return Compare(op="==", left=left, right=right, type=BOOL)


def reference(name: str, target: str, *, tenant: bool = False) -> ReferenceField:
    column = f"{name}_id"
    columns, others = ((column,), ("id",)) if tenant else (("org_id", column), ("org_id", "id"))
    return ReferenceField(
        name=name,
        target=target,
        column=column,
        columns=columns,
        target_columns=others,
        tenant=tenant,
        immutable=tenant,
        origin=AT,
    )


ORG = reference("org", "Org", tenant=True)
ID = scalar("id", UUID, readonly=True)
SAME_ORG = equal(path(Root.ROW, (None, "org")), path(Root.ACTOR, (None, "org")))


def table(name: str, entity: str, *columns: tuple[str, Any]) -> Table:
    return Table(
        name=name,
        entity=entity,
        columns=tuple(Column(name=column, type=logical) for column, logical in columns),
        primary_key=PrimaryKey(name=f"{name}_pkey", columns=("id",)),
        tenant_column="id" if entity == "Org" else "org_id",
    )


def rule(identity: str, actions: tuple[str, ...], *roles: str, **more: Any) -> PolicyRule:
    effect = "deny" if ".deny." in identity else "allow"
    return PolicyRule(id=identity, effect=effect, actions=actions, roles=roles, origin=AT, **more)


def entity(name: str, plural: str, *fields: Any, **more: Any) -> Entity:
    table_name = name.lower()
    return Entity(
        name=name,
        plural=plural,
        module="small",
        table=table_name,
        fields=fields,
        key=("id",),
        origin=AT,
        **more,
    )


ORGS = entity("Org", "Orgs", ID, scalar("name", string(120, min_length=1)), tenant_root=True)
USERS = entity("User", "Users", ID, ORG, scalar("email", string(120, format="email"), pii=True), tenant="org")
NOTES = entity(
    "Note",
    "Notes",
    ID,
    ORG,
    reference("author", "User"),
    scalar("title", string(80, min_length=1, pattern="^[A-Z]"), doc="What it is about."),
    scalar("state", STATE, default=literal("draft", STATE)),
    scalar("price", MONEY),
    scalar("secret", string(40), nullable=True, encrypted=True),
    scalar("place", StructType(name="Place"), nullable=True),
    scalar("extra", ScalarType(scalar=Scalar.JSON), nullable=True),
    scalar("old_title", string(80), nullable=True, deprecated="use title"),
    scalar("version", INT, stamp=Stamp.VERSION, readonly=True),
    scalar("created_at", TIMESTAMP, stamp=Stamp.CREATED, readonly=True),
    CollectionField(name="lines", target="Line", inverse="note", owned=True, origin=AT),
    doc="Something written down.",
    tenant="org",
    versioned=True,
    audited=True,
)
LINES = entity(
    "Line",
    "Lines",
    ID,
    ORG,
    reference("note", "Note"),
    scalar("text", string(200)),
    tenant="org",
    owner="note",
)
TABLES = (
    table("org", "Org", ("id", UUID), ("name", string(120))),
    table("user", "User", ("id", UUID), ("org_id", UUID), ("email", string(120))),
    table("note", "Note", ("id", UUID), ("org_id", UUID), ("author_id", UUID)),
    table("line", "Line", ("id", UUID), ("org_id", UUID), ("note_id", UUID)),
)
IS_DRAFT = InList(
    value=path(Root.OLD, ("Note", "state"), logical=STATE),
    items=ListLiteral(items=(literal("draft", STATE),), type=ArrayType(item=STATE)),
    type=BOOL,
)
POLICIES = (
    Policy(entity="Org", rules=(rule("Org.allow.read.1", ("read",), "member"),), origin=AT),
    Policy(entity="User", scope=SAME_ORG, rules=(rule("User.allow.read.1", ("read",), "member"),), origin=AT),
    Policy(
        entity="Note",
        scope=SAME_ORG,
        rules=(
            rule("Note.allow.read.1", ("read",), "author"),
            rule("Note.allow.read.2", ("read", "create"), "member"),
            rule("Note.allow.update.1", ("update",), "member", condition=IS_DRAFT, because="It is out."),
            rule("Note.allow.publish.1", ("publish", "delete"), "manager"),
            rule("Note.deny.delete.1", ("delete",), "author"),
        ),
        fields=(
            FieldRule(
                field="secret",
                read=Grant(roles=("manager",)),
                write=Grant(roles=("manager",)),
                mask=literal("***", string(3)),
                origin=AT,
            ),
        ),
        origin=AT,
    ),
    Policy(
        entity="Line",
        scope=SAME_ORG,
        rules=(
            rule("Line.allow.read.1", ("read",), via="note", via_action="read"),
            rule("Line.allow.update.1", ("create", "update", "delete"), via="note", via_action="update"),
        ),
        origin=AT,
    ),
)
PUBLISH = Operation(
    name="publish",
    entity="Note",
    doc="Make it known.",
    parameters=(Parameter(name="reason", type=string(200, min_length=1)),),
    returns=EntityType(name="Note"),
    idempotent=True,
    body=TransitionBody(),
    errors=(RaisedError(error="AlreadyOut", on="illegal_transition"),),
    http=Http(method="POST", path="/notes/{id}/publish"),
    origin=AT,
)
RETIRE = Operation(
    name="retire",
    entity="Note",
    body=HandlerBody(),
    deprecated="nobody retires",
    http=Http(method="POST", path="/notes/{id}/retire"),
    origin=AT,
)
REPORT = Operation(
    name="daily_notes",
    entity=None,
    doc="How many a day.",
    parameters=(Parameter(name="since", type=DATE),),
    returns=ArrayType(item=StructType(name="DailyNotes")),
    writes=False,
    body=SqlBody(sql="select 1"),
    http=Http(method="GET", path="/reports/daily-notes"),
    roles=("manager",),
    origin=AT,
)
RESOURCE = Resource(
    entity="Note",
    path="/notes",
    operations=("list", "get", "create", "update", "delete"),
    filters=(
        Filter(field="state", operators=("eq", "in")),
        Filter(field="created_at", operators=("gte", "lt")),
        Filter(field="price", operators=("eq",)),
        Filter(field="author", operators=("eq",)),
    ),
    search=("title",),
    sorts=("created_at", "title"),
    expand=(ExpandNode(field="author"), ExpandNode(field="lines", max=50)),
    create=InputShape(
        members=(
            InputMember(field="title", required=True),
            InputMember(field="author", required=True),
            InputMember(field="price", required=True),
            InputMember(field="state", required=False),
            InputMember(field="secret", required=False),
            InputMember(field="place", required=False),
            InputMember(field="extra", required=False),
            InputMember(
                field="lines",
                required=True,
                nested=InputShape(members=(InputMember(field="text", required=True),)),
            ),
        )
    ),
    update=InputShape(
        members=(InputMember(field="title", required=False), InputMember(field="place", required=False))
    ),
    custom=(PUBLISH, RETIRE),
    origin=AT,
)


def small() -> SystemIR:
    """Return the system."""
    return SystemIR(
        name="small",
        title="Small",
        doc="Notes, and who may read them.",
        enums=(
            EnumDecl(name="NoteState", values=(EnumValue(name="draft"), EnumValue(name="out")), origin=AT),
        ),
        structs=(
            StructDecl(
                name="Place",
                fields=(
                    StructField(name="city", type=string(80)),
                    StructField(name="postcode", type=string(12), nullable=True),
                ),
                origin=AT,
            ),
            StructDecl(
                name="DailyNotes",
                fields=(StructField(name="day", type=DATE), StructField(name="notes", type=INT)),
                origin=AT,
            ),
        ),
        entities=(ORGS, USERS, NOTES, LINES),
        tables=TABLES,
        machines=(
            Machine(
                entity="Note",
                field="state",
                initial="draft",
                transitions=(Transition(sources=("draft",), target="out", operation="publish", origin=AT),),
                origin=AT,
            ),
        ),
        errors=(
            ErrorDecl(
                name="AlreadyOut",
                code="already-out",
                status=409,
                members=(Entry(name="state", type=STATE),),
                origin=AT,
            ),
        ),
        identity=Identity(
            entity="User",
            issuer=literal("https://issuer.test", string(80)),
            audience="small",
            api_key_header="x-api-key",
            claims=(
                Claim(name="id", type=UUID, source="sub"),
                Claim(name="org", type=UUID, source="org"),
                Claim(name="roles", type=ArrayType(item=string(80)), source="roles"),
            ),
            roles_claim="roles",
            tenant_claim="org",
            origin=AT,
        ),
        roles=(
            Role(name="member", granted_by=("member", "manager")),
            Role(name="manager", granted_by=("manager",)),
            Role(
                name="author",
                entity="Note",
                condition=equal(
                    path(Root.ROW, ("Note", "author"), logical=EntityType(name="User")),
                    path(Root.ACTOR, logical=EntityType(name="User")),
                ),
            ),
        ),
        policies=POLICIES,
        apis=(
            Api(
                name="Small",
                version="v1",
                path="/v1",
                auth=("bearer", "api_key"),
                limit=RateLimit(count=600, seconds=60, by="id"),
                resources=(RESOURCE,),
                operations=(REPORT,),
                origin=AT,
            ),
        ),
        seeds=(
            Seed(
                name="first",
                rows=(
                    SeedRow(
                        name="org",
                        entity="Org",
                        values=(Assignment(field="name", value=literal("Acme", string(120))),),
                    ),
                ),
                origin=AT,
            ),
        ),
    )
