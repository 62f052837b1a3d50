"""Refusals and data checks with the words that the catalogue of diagnostics declares for them."""

from types import SimpleNamespace

from bdc.diagnostics import Declared, fill
from bdc.plan.operation import DataCheck, Refusal


def refusal(declared: Declared, object: str, *, fixes: tuple[str, ...] = (), **facts: str) -> Refusal:
    """Return the refusal that `declared` words, about `object`; `facts` are the fields of its templates."""
    values = SimpleNamespace(object=object, **facts)
    return Refusal(
        code=declared.code,
        object=object,
        message=fill(declared.title, values),
        help=fill(declared.help, values),
        fixes=fixes,
    )


def data_check(
    declared: Declared, object: str, *, sql: str, reads: tuple[str, ...], **facts: str
) -> DataCheck:
    """Return the check that `declared` words; the number of rows is filled in by the migration runner."""
    values = SimpleNamespace(object=object, rows="{rows}", **facts)
    return DataCheck(
        code=declared.code,
        object=object,
        sql=sql,
        message=fill(declared.title, values),
        help=fill(declared.help, values),
        reads=reads,
    )
