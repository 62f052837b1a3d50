"""Idempotency keys: the first call with a key claims a row in its own transaction and leaves its answer there.

A concurrent duplicate waits on the unique row: it replays the answer when the first one commits, and takes its place when it
rolls back. A refusal rolls the claim back with everything else, so that only answers of success are replayed. Keys belong to
an actor (within a tenant) and an operation. A caller without an identity has none: strangers would read each other's answers.
"""

from collections.abc import Iterable

from sqlglot import exp

from bdc.ir.compiled import PURGE, CompiledFunction, FunctionParameter, ParameterRole
from bdc.query.names import column
from bdc.query.trees import conjunction, equal, negation, text
from bdc.query.writes.names import (
    FOUND,
    IDEMPOTENCY_KEY,
    RELEASE,
    REQUEST_HASH,
    is_given,
    system_table,
    variable,
)
from bdc.query.writes.plpgsql import Declared, Refuse, Return, Run, Statement, When
from bdc.query.writes.signature import Signature
from bdc.query.writes.statements import insert_or_skip, query, update

_ALIAS = "k"
_TABLE = "idempotency_key"
_ANSWER = ("status", "etag", "body")
_SAME_REQUEST = "v_same_request"
VARIABLES = (Declared(_SAME_REQUEST, "boolean"),)
REPEATABLE = (
    FunctionParameter("idempotency_key", "text", ParameterRole.IDEMPOTENCY_KEY),
    FunctionParameter("request_hash", "text", ParameterRole.REQUEST_HASH),
)
"""The parameters of an operation that keeps idempotency keys."""

KEPT = "24 hours"
# It deletes as the owner of the table: what callers may not. It takes no age, so that no caller can make it forget what is new.
_PURGE = f"""CREATE FUNCTION {RELEASE}.{PURGE}(most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  deleted integer;
BEGIN
  WITH old AS (
    SELECT k.scope, k.operation, k.key FROM app.idempotency_key AS k
    WHERE k.at < now() - interval '{KEPT}' ORDER BY k.at LIMIT most FOR UPDATE SKIP LOCKED
  )
  DELETE FROM app.idempotency_key AS k USING old
  WHERE k.scope = old.scope AND k.operation = old.operation AND k.key = old.key;
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN deleted;
END
$function$;
"""


# Rows of several shards can be deleted together, and not be picked one by one.
_PURGE_SHARDS = f"""CREATE FUNCTION {RELEASE}.{PURGE}(most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  deleted integer;
BEGIN
  DELETE FROM app.idempotency_key AS k WHERE k.at < now() - interval '{KEPT}';
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN least(deleted, most - 1);
END
$function$;
"""


def purges(functions: Iterable[CompiledFunction], *, sharded: bool) -> tuple[CompiledFunction, ...]:
    """Return the function that forgets answers older than a day, a bounded number at a time; none where no keys are kept."""
    roles = {parameter.role for function in functions for parameter in function.parameters}
    if ParameterRole.IDEMPOTENCY_KEY not in roles:
        return ()
    text = _PURGE_SHARDS if sharded else _PURGE
    return (CompiledFunction(PURGE, None, PURGE, (), text, f"select {RELEASE}.{PURGE}($1)"),)


def claim(signature: Signature, operation: str) -> tuple[Statement, ...]:
    """Take the key, or answer what the call that took it answered."""
    row = {**_identity(signature, operation), "request_hash": variable(REQUEST_HASH)}
    same = equal(column(_ALIAS, "request_hash"), variable(REQUEST_HASH))
    stored = query([same, *(column(_ALIAS, name) for name in _ANSWER)], [system_table(_TABLE, _ALIAS)])
    stored.set("where", exp.Where(this=_is_mine(signature, operation)))
    replay = (
        Run(stored, (_SAME_REQUEST, *_ANSWER)),
        When(negation(variable(_SAME_REQUEST)), (Refuse(422, "idempotency-key-reused"),)),
        Return(),
    )
    take = Run(insert_or_skip(system_table(_TABLE), row, query(row.values())))
    return (When(_is_used(signature), (take, When(negation(variable(FOUND)), replay))),)


def store(signature: Signature, operation: str, function: str) -> tuple[Statement, ...]:
    """Leave the answer with the claimed key. The outputs are qualified by the name of their function: the table's columns
    are called the same."""
    answer = {name: column(function, name) for name in _ANSWER}
    change = update(system_table(_TABLE, _ALIAS), answer, [_is_mine(signature, operation)])
    return (When(_is_used(signature), (Run(change),)),)


def _is_mine(signature: Signature, operation: str) -> exp.Expression:
    wanted = _identity(signature, operation)
    return conjunction(equal(column(_ALIAS, name), value) for name, value in wanted.items())


def _identity(signature: Signature, operation: str) -> dict[str, exp.Expression]:
    return {
        "scope": signature.scope(),
        "operation": text(operation),
        "key": signature.scoped_key(variable(IDEMPOTENCY_KEY)),
    }


def _is_used(signature: Signature) -> exp.Expression:
    return conjunction([is_given(variable(IDEMPOTENCY_KEY)), signature.is_known()])
