"""Parameters, variables and statements → `CompiledFunction`."""

from collections.abc import Iterable

from bdc.ir.compiled import CompiledFunction
from bdc.query.writes.context import Context
from bdc.query.writes.located import located
from bdc.query.writes.names import RELEASE
from bdc.query.writes.on_shards import VARIABLES as SHARD_VARIABLES
from bdc.query.writes.on_shards import on_shards
from bdc.query.writes.one_shard import unplaced
from bdc.query.writes.plpgsql import Declared, Function, Return, Statement, function_text
from bdc.query.writes.signature import BOUND, OUTPUTS, Signature, claim


def assemble(
    context: Context,
    name: str,
    entity: str | None,
    operation: str,
    signature: Signature,
    body: Iterable[Statement],
    variables: Iterable[Declared] = (),
    outputs: tuple[Declared, ...] = OUTPUTS,
    prefer_columns: bool = False,
) -> CompiledFunction:
    """Return the function `name`: it binds the caller, then runs `body`. Its policy action is `operation`."""
    of = context.system.entity(entity) if entity else None
    bound = f"{of.stored}.{operation}" if of else operation
    keys, looked_up = located(context, of, signature)
    roles = context.role_variables(signature)
    statements: tuple[Statement, ...]
    statements = (signature.bind(bound), *(test for _, test in roles), *looked_up, *body, Return())
    if context.system.sharded:
        statements, variables = on_shards(statements), (*variables, *SHARD_VARIABLES)
    function = Function(
        name=f"{RELEASE}.{name}",
        parameters=signature.declared(),
        outputs=outputs,
        variables=(Declared(BOUND, "text"), *(name for name, _ in roles), *keys, *variables),
        body=statements,
        prefer_columns=prefer_columns,
    )
    text = function_text(function)
    return CompiledFunction(
        name,
        entity,
        operation,
        signature.parameters,
        text,
        signature.call(name, outputs),
        _unplaced(context, statements),
    )


def _unplaced(context: Context, statements: Iterable[Statement]) -> tuple[str, ...]:
    identity = context.system.identity
    if not context.system.sharded or not context.inline or identity is None or identity.tenant_claim is None:
        return ()
    return unplaced(context.system, statements, claim(identity.tenant_claim))
