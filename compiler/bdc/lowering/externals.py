"""Other services."""

from typing import Any, cast

from bdc import ir
from bdc.lowering.context import Context
from bdc.model.externals.operations import place_of
from bdc.model.nodes.external import External, ExternalOperation


def lower_external(context: Context, external: External) -> ir.External:
    auth = external.auth
    return ir.External(
        name=external.name,
        doc=external.doc,
        address=external.address,
        timeout=external.timeout,
        retry=external.retry,
        first_pause=external.backoff[0],
        longest_pause=external.backoff[1],
        failures=external.failures,
        open=external.open,
        bulkhead=external.bulkhead,
        auth=None
        if auth is None
        else ir.ExternalAuth(
            kind=cast(Any, auth.kind),
            values=tuple(ir.ExternalSecret(name=name, value=value) for name, value in auth.values),
        ),
        operations=tuple(_operation(each) for each in external.operations),
        origin=context.origin(external.span),
    )


def _operation(operation: ExternalOperation) -> ir.ExternalOperation:
    taken = operation.parameters
    return ir.ExternalOperation(
        name=operation.name,
        doc=operation.doc,
        parameters=tuple(
            ir.ExternalParameter(
                name=each.name,
                wire=each.header or each.name,
                type=each.type,
                nullable=each.nullable,
                place=place_of(each, operation.method, operation.path, taken),
            )
            for each in taken
        ),
        returns=operation.returns,
        returns_nullable=operation.returns_nullable,
        method=cast(Any, operation.method),
        path=operation.path,
        idempotent=operation.idempotent,
        fallback=operation.fallback,
    )
