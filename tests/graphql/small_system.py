"""A small system written as IR, so that these tests need neither the language nor the query compiler."""

from bdc.ir import (
    Api,
    CollectionField,
    Column,
    ComputedField,
    Entity,
    EntityType,
    EnumDecl,
    EnumType,
    EnumValue,
    ExpandNode,
    Filter,
    GraphQLSettings,
    Http,
    InputMember,
    InputShape,
    Literal,
    Operation,
    Origin,
    Parameter,
    ReferenceField,
    Resource,
    Scalar,
    ScalarField,
    ScalarType,
    SqlBody,
    StructDecl,
    StructField,
    StructType,
    SystemIR,
    Table,
    TransitionBody,
    Type,
)
from bdc.ir.compiled import EntityRead, ReadKey, ReadMember, ReadRelation
from bdc.ir.types import ArrayType
from bdc.surface import read_members

AT = Origin(file="small.bds", line=1, column=1)
STRING = ScalarType(scalar=Scalar.STRING, max_length=80)
UUID = ScalarType(scalar=Scalar.UUID)
INT = ScalarType(scalar=Scalar.INT)
MONEY = ScalarType(scalar=Scalar.DECIMAL, precision=12, scale=2)
MOMENT = ScalarType(scalar=Scalar.TIMESTAMP)
DAY = ScalarType(scalar=Scalar.DATE)
STATUS = EnumType(name="Status")


def scalar(
    name: str, type_: Type, nullable: bool = False, doc: str = "", deprecated: str | None = None
) -> ScalarField:
    return ScalarField(
        name=name, type=type_, nullable=nullable, column=name, doc=doc, deprecated=deprecated, origin=AT
    )


def reference(name: str, target: str, nullable: bool = False) -> ReferenceField:
    column = f"{name}_id"
    return ReferenceField(
        name=name,
        target=target,
        nullable=nullable,
        column=column,
        columns=(column,),
        target_columns=("id",),
        origin=AT,
    )


def entity(name: str, plural: str, *fields: object, **more: object) -> Entity:
    return Entity(
        name=name,
        plural=plural,
        module="small",
        table=name.lower(),
        fields=fields,  # type: ignore[arg-type]
        key=("id",),
        origin=AT,
        **more,  # type: ignore[arg-type]
    )


CUSTOMER = entity(
    "Customer", "customers", scalar("id", UUID), scalar("name", STRING), scalar("joined", DAY, True)
)
ORDER = entity(
    "Order",
    "orders",
    scalar("id", UUID),
    scalar("number", STRING, doc='What the "buyer" is told.'),
    reference("customer", "Customer"),
    scalar("status", STATUS),
    scalar("ship_to", StructType(name="Address"), True),
    scalar("class", STRING, True, deprecated="never used"),
    scalar("placed_at", MOMENT, True),
    CollectionField(name="items", target="OrderItem", inverse="order", owned=True, origin=AT),
    ComputedField(name="total", type=MONEY, expr=Literal(type=MONEY, value="0"), origin=AT),
    doc="Something bought.",
    versioned=True,
)
ITEM = entity(
    "OrderItem", "order_items", scalar("id", UUID), reference("order", "Order"), scalar("quantity", INT)
)
API = Api(
    name="Small",
    version="v1",
    path="/v1",
    graphql=GraphQLSettings(path="/graphql"),
    resources=(
        Resource(
            entity="Order",
            path="/orders",
            operations=("list", "get", "create", "update", "delete"),
            filters=(
                Filter(field="status", operators=("eq", "in")),
                Filter(field="customer", operators=("eq", "in")),
                Filter(field="placed_at", operators=("eq", "gt", "gte", "lt", "lte")),
            ),
            sorts=("placed_at", "number"),
            search=("number",),
            expand=(ExpandNode(field="customer"), ExpandNode(field="items", max=200)),
            create=InputShape(
                members=(
                    InputMember(field="number", required=True),
                    InputMember(field="customer", required=True),
                    InputMember(field="ship_to", required=False),
                    InputMember(
                        field="items",
                        required=True,
                        nested=InputShape(members=(InputMember(field="quantity", required=True),)),
                    ),
                )
            ),
            update=InputShape(members=(InputMember(field="ship_to", required=False),)),
            custom=(
                Operation(
                    name="cancel",
                    entity="Order",
                    doc="Cancel it.",
                    parameters=(Parameter(name="reason", type=STRING),),
                    returns=EntityType(name="Order"),
                    idempotent=True,
                    body=TransitionBody(),
                    http=Http(method="POST", path="/orders/{id}/cancel"),
                    origin=AT,
                ),
            ),
            origin=AT,
        ),
    ),
    operations=(
        Operation(
            name="daily_revenue",
            entity=None,
            parameters=(Parameter(name="since", type=DAY),),
            returns=ArrayType(item=StructType(name="DailyRevenue")),
            writes=False,
            body=SqlBody(sql="select 1"),
            http=Http(method="GET", path="/reports/daily-revenue"),
            origin=AT,
        ),
        *(
            Operation(
                name=name,
                entity=None,
                returns=returns,
                writes=writes,
                body=SqlBody(sql="select 1"),
                http=Http(method="GET", path=f"/{name}"),
                origin=AT,
            )
            for name, returns, writes in (
                ("recent_orders", ArrayType(item=EntityType(name="Order")), False),
                ("last_order", EntityType(name="Order"), False),
                ("average", MONEY, False),
                ("usual_status", STATUS, True),
                ("clean_up", None, True),
            )
        ),
    ),
    origin=AT,
)
SYSTEM = SystemIR(
    name="small",
    title="Small",
    enums=(
        EnumDecl(
            name="Status",
            values=(
                EnumValue(name="draft", doc="Not sent yet."),
                EnumValue(name="placed"),
                EnumValue(name="None"),
            ),
            origin=AT,
        ),
    ),
    structs=(
        StructDecl(
            name="Address",
            fields=(
                StructField(name="line1", type=STRING),
                StructField(name="post_code", type=STRING, nullable=True),
            ),
            origin=AT,
        ),
        StructDecl(
            name="DailyRevenue",
            fields=(StructField(name="day", type=DAY), StructField(name="revenue", type=MONEY)),
            origin=AT,
        ),
    ),
    entities=(CUSTOMER, ORDER, ITEM),
    tables=tuple(
        Table(name=each.table, entity=each.name, columns=(Column(name="id", type=UUID),), primary_key=None)
        for each in (CUSTOMER, ORDER, ITEM)
    ),
    apis=(API,),
)


def reads(system: SystemIR = SYSTEM) -> dict[str, EntityRead]:
    """What the query room would say of these entities, as far as a schema needs it."""
    return {each.name: _read(system, each) for each in system.entities}


def _read(system: SystemIR, entity_: Entity) -> EntityRead:
    members = tuple(
        ReadMember(
            name=member.name,
            field=member.field,
            sql="",
            sql_type="",
            json="string",
            prefix="",
            text="",
            suffix="",
            nullable=member.nullable,
        )
        for member in read_members(system, entity_)
    )
    relations = tuple(
        ReadRelation(
            name=field.name, target=field.target, many=field.kind == "collection", join="", nullable=True
        )
        for field in entity_.fields
        if field.kind in ("reference", "collection")
    )
    return EntityRead(
        entity=entity_.name,
        table=entity_.table,
        keys=(ReadKey("id", "id", "uuid"),),
        base="",
        scope="",
        allow=(),
        deny=(),
        members=members,
        relations=relations,
    )
