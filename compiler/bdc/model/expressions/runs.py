"""`last_run(WriteInvoice)`: what has become of the newest run of a job about the row, as a `JobRun` of `std.jobs`."""

from collections.abc import Iterator

from bdc import ir
from bdc.model.errors.jobs import UnfitJob
from bdc.model.errors.types import NotAllowedHere, WrongArguments
from bdc.model.expressions.scope import Scope
from bdc.model.typing.types import TEXT
from bdc.syntax import ast

LAST_RUN = ir.LAST_RUN
_STRUCT, _MODULE = "JobRun", "std.jobs"
_USAGE = "last_run(WriteInvoice), last_run(Transfer, giver)"


def last_run(node: ast.Call, scope: Scope) -> ir.Expr | None:
    """Return the call, or report why there is none."""
    if not scope.place.runs or scope.row is None:
        help_ = f"write a field: `billing: {_STRUCT}? @computed({LAST_RUN}(WriteInvoice))`, and use it here"
        scope.context.report(NotAllowedHere(f"`{LAST_RUN}(…)`", scope.place.words, node.span, help_))
        return None
    named = _named(node)
    if not 1 <= len(named) <= 2 or len(named) != len(node.arguments):
        problem = "it expects a job, and the argument that is the row where there are several"
        scope.context.report(WrongArguments(_USAGE, problem, node.span))
        return None
    symbol = scope.context.symbol(named[0].last, "job")
    if symbol is None or not isinstance(symbol.declaration, ast.JobDecl) or not _is_known(node, scope):
        return None
    row = _argument(node, symbol.declaration, named[1:], scope)
    if row is None:
        return None
    return ir.Call(
        function=LAST_RUN,
        arguments=(
            ir.Literal(value=symbol.name, type=TEXT),
            ir.Literal(value=row, type=TEXT),
            ir.Path(root=ir.Root.ROW, type=ir.EntityType(name=scope.row)),
        ),
        type=ir.StructType(name=_STRUCT),
        nullable=True,
    )


def _named(node: ast.Call) -> list[ast.Path]:
    return [each.value for each in node.arguments if each.name is None and isinstance(each.value, ast.Path)]


def _is_known(node: ast.Call, scope: Scope) -> bool:
    """Whether the struct of `std.jobs` is part of the system."""
    if _STRUCT in scope.context.names.modules.get(_MODULE, {}):
        return True
    help_ = f"write `use {_MODULE} {{ {_STRUCT} }}`, and `{_STRUCT}?` as the type of the field"
    what = f"`{LAST_RUN}` is a `{_STRUCT}`, which this specification does not take in"
    scope.context.report(UnfitJob(what, "", help_, node.span))
    return False


def _argument(node: ast.Call, job: ast.JobDecl, asked: list[ast.Path], scope: Scope) -> str | None:
    """Return the argument of the job that is a row of the entity around."""
    rows = tuple(_rows(job, scope))
    found = [name for name in rows if not asked or name == asked[0].text]
    if len(found) == 1:
        return found[0]
    name = job.name.text
    if not rows:
        what = f"no argument of job `{name}` is a row of `{scope.row}`"
        help_ = f"give it one: `job {name}({(scope.row or '').lower()}: {scope.row})`"
    else:
        what = (
            f"cannot tell which argument of job `{name}` is the row"
            if not asked
            else f"`{asked[0].text}` is no row of `{scope.row}`"
        )
        help_ = "write " + " or ".join(f"`{LAST_RUN}({name}, {each})`" for each in rows)
    scope.context.report(UnfitJob(what, "", help_, node.span))
    return None


def _rows(job: ast.JobDecl, scope: Scope) -> Iterator[str]:
    """Yield the names of the arguments that are rows of the entity around. Those of a job on an event are its members."""
    taken: tuple[ast.Node, ...] = job.parameters or ()
    if job.event is not None:
        event = scope.context.file(job.span).find(job.event.last.text)
        declared = event.declaration if event is not None else None
        taken = declared.members if isinstance(declared, ast.EventDecl) else ()
    for each in taken:
        if isinstance(each, ast.Parameter | ast.FieldDecl) and _is_row(each.type, scope):
            yield each.name.text


def _is_row(written: ast.TypeExpr, scope: Scope) -> bool:
    if written.array or len(written.bases) != 1:
        return False
    path = written.bases[0].path
    found = scope.context.file(path.span).find(path.last.text)
    return found is not None and found.kind == "entity" and found.name == scope.row
