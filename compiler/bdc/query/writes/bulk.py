"""Many rows in one call: a new set of rows as one INSERT, changes and removals one after another, all within one function.

Every row is held to policy, references, field grants and constraints as if it came alone. The rows of a call are changed in the order of
their keys, whatever the order they came in, so that two calls cannot wait for each other.
"""

from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from bdc.ir import Entity, InputShape, ReferenceField, Resource
from bdc.ir.bulk import bulk_operations, many
from bdc.ir.compiled import CompiledFunction, FunctionParameter, ParameterRole
from bdc.query.names import column, identifier
from bdc.query.relations import led_by
from bdc.query.trees import call, number, text
from bdc.query.writes import references, refusals
from bdc.query.writes.assemble import assemble
from bdc.query.writes.context import Context
from bdc.query.writes.function_names import function_names
from bdc.query.writes.insertion import Insertion
from bdc.query.writes.located import located, parent_variables
from bdc.query.writes.names import INPUT, RELEASE, ROW, variable
from bdc.query.writes.on_shards import on_shards
from bdc.query.writes.owned import has_collections
from bdc.query.writes.plpgsql import Assign, Declared, Native, Statement, When, statement_lines
from bdc.query.writes.rows import POSITION, NewRows
from bdc.query.writes.signature import BOUND, OUTPUTS, Signature, sql_name

_COUNT = "v_count"
_GIVEN = FunctionParameter("input", "jsonb", ParameterRole.INPUT)
_LOOP = """\
CREATE FUNCTION {name}(
{parameters}
)
LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $function$
DECLARE
  v_item jsonb;
  v_position bigint;
  v_count bigint := 0;
  v_status integer;
  v_state text;
  v_message text;
  v_detail text;
  v_constraint text;
  v_table text;
  v_column text;{declared}
BEGIN{opening}
  FOR v_item, v_position IN
    SELECT e.item, e.at - 1 FROM jsonb_array_elements(p_input) WITH ORDINALITY AS e(item, at) ORDER BY {order}, e.at
  LOOP
{body}
    v_count := v_count + 1;
  END LOOP;
  status := 200;
  body := concat('{{"count":', v_count, '}}');
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL,
    v_constraint = CONSTRAINT_NAME, v_table = TABLE_NAME, v_column = COLUMN_NAME;
  RAISE EXCEPTION USING ERRCODE = v_state, MESSAGE = v_message, DETAIL = v_detail, CONSTRAINT = v_constraint,
    TABLE = v_table, COLUMN = v_column, HINT = concat('row ', v_position);
END{closing}
$function$;"""
_UPSERT = """\
    BEGIN
{change}
    EXCEPTION WHEN SQLSTATE 'BD404' THEN
{create}
    END;"""


def bulk_functions(
    context: Context, resource: Resource, singles: dict[str, CompiledFunction]
) -> Iterator[CompiledFunction]:
    """Yield a function for each operation of `resource` that takes many rows. `singles`: those of one row, by operation."""
    for name in bulk_operations(resource, context.system.entity(resource.entity)):
        match name:
            case "create":
                yield _create(context, resource, singles["create"])
            case "upsert":
                yield _loop(context, resource, name, singles["update"], singles["create"])
            case _:
                yield _loop(context, resource, name, singles[name], None)


def _create(context: Context, resource: Resource, single: CompiledFunction) -> CompiledFunction:
    shape = resource.create or InputShape(members=())
    if resource.hook("create") is not None or has_collections(context.system.entity(resource.entity), shape):
        return _loop(context, resource, "create", single, None)
    return _insert(replace(context.fresh(), several=True), resource, shape)


def _insert(context: Context, resource: Resource, shape: InputShape) -> CompiledFunction:
    entity = context.system.entity(resource.entity)
    source = column("e", "item")
    position = exp.Sub(this=column(ROW, POSITION), expression=number(1))
    rows = NewRows(
        context,
        entity,
        shape,
        source,
        call("concat", text("/"), position),
        origin=_elements(variable(INPUT)),
        given=_parent(context, entity, resource),
    )
    length = call("jsonb_array_length", variable(INPUT))
    short = exp.NullSafeNEQ(this=variable(_COUNT), expression=length)
    body = [
        *Insertion(rows).write(),
        Native(f"GET DIAGNOSTICS {_COUNT} = ROW_COUNT"),
        When(short, Insertion(rows).explain()),
        Assign("status", number(200)),
        Assign("body", call("concat", text('{"count":'), variable(_COUNT), text("}"))),
    ]
    variables = (*references.VARIABLES, *refusals.VARIABLES, Declared(_COUNT, "integer"))
    made = assemble(
        context,
        _name(context, resource, "create"),
        entity.name,
        "create",
        context.signature(*context.around(entity), _GIVEN),
        body,
        variables,
    )
    return replace(made, operation=many("create"))


def _parent(context: Context, entity: Entity, resource: Resource) -> dict[str, exp.Expression]:
    """Return the columns that refer to the row around, which the path names."""
    reference = entity.field(resource.via) if resource.via is not None else None
    if not isinstance(reference, ReferenceField):
        return {}
    held = led_by(context.system, entity, reference)
    names = parent_variables(held)
    return {part.column: variable(name) for (part, _), name in zip(held, names, strict=True)}


def _elements(array: exp.Expression) -> exp.Expression:
    alias = exp.TableAlias(this=identifier("e"), columns=[identifier("item"), identifier(POSITION)])
    return exp.Table(this=call("jsonb_array_elements", array), ordinality=True, alias=alias)


def _name(context: Context, resource: Resource, operation: str) -> str:
    return function_names(context.system)[resource.entity, many(operation), ""]


def _loop(
    context: Context,
    resource: Resource,
    operation: str,
    single: CompiledFunction,
    create: CompiledFunction | None,
) -> CompiledFunction:
    """Return a function that calls that of one row for each."""
    entity = context.system.entity(resource.entity)
    around = context.around(entity)
    signature, name = context.signature(*around, _GIVEN), _name(context, resource, operation)
    lines = [f"  {item.name} {item.sql_type}" for item in signature.declared()]
    lines += [f"  OUT {item.name} {item.sql_type}" for item in OUTPUTS]
    body = _call(single, around, "    ")
    if create is not None:
        body = _UPSERT.format(change=_call(single, around, "      "), create=_call(create, around, "      "))
    keys = _keys(single, around)
    order = ", ".join(f"e.item ->> {_quoted(item.name)}" for item in keys) or "e.at"
    sql = _LOOP.format(
        name=f"{RELEASE}.{name}",
        parameters=",\n".join(lines),
        order=order,
        body=body,
        **_head(context, entity, single.operation, signature),
    )
    return CompiledFunction(
        name, resource.entity, many(operation), signature.parameters, sql, signature.call(name, OUTPUTS)
    )


def _head(context: Context, entity: Entity, operation: str, signature: Signature) -> dict[str, str]:
    """Return what comes before and after the loop: under another row, the refusal where that is not there. The function of one row asks for
    it again, but not where there is no row. What is refused there names no row of the call."""
    if not context.around(entity):
        return {"declared": "", "opening": "", "closing": ""}
    own = replace(context.fresh(), several=True)
    keys, looked_up = located(own, entity, signature)
    roles = own.role_variables(signature)
    variables = [Declared(BOUND, "text"), *(name for name, _ in roles), *keys]
    statements: list[Statement]
    statements = [signature.bind(f"{entity.stored}.{operation}"), *(test for _, test in roles), *looked_up]
    if context.system.sharded:
        statements = list(on_shards(statements))
    lines = [f"\n  {line}" for statement in statements for line in statement_lines(statement)]
    return {
        "declared": "".join(f"\n  {item.name} {item.sql_type};" for item in variables),
        "opening": "".join(lines) + "\n  BEGIN",
        "closing": ";\nEND",
    }


def _keys(single: CompiledFunction, around: tuple[FunctionParameter, ...]) -> list[FunctionParameter]:
    return [item for item in single.parameters if item.role is ParameterRole.KEY and item not in around]


def _call(single: CompiledFunction, around: tuple[FunctionParameter, ...], indent: str) -> str:
    keys = _keys(single, around)
    arguments = ", ".join(
        sql_name(item) if item in around else _argument(item, keys) for item in single.parameters
    )
    return f"{indent}SELECT r.status INTO v_status FROM {RELEASE}.{single.name}({arguments}) AS r;"


def _argument(item: FunctionParameter, keys: list[FunctionParameter]) -> str:
    match item.role:
        case ParameterRole.IDENTITY:
            return sql_name(item)
        case ParameterRole.KEY:
            return f"CAST(v_item ->> {_quoted(item.name)} AS {item.sql_type})"
        case ParameterRole.INPUT:
            return "v_item" + "".join(f" - {_quoted(key.name)}" for key in keys)
        case ParameterRole.IF_MATCH:
            return "CAST(NULL AS bigint)"
    return f"CAST(NULL AS {item.sql_type})"


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
