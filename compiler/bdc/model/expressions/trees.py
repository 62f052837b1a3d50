"""Trees of unknown depth: `ancestors(x)` and `descendants(x)`, collections along a reference of an entity to itself."""

from bdc import ir
from bdc.model.errors.types import NotAllowedHere, WrongArguments
from bdc.model.expressions.paths import path
from bdc.model.expressions.scope import Scope
from bdc.model.nodes.entity import Entity, ReferenceField
from bdc.model.typing.types import describe
from bdc.source.records import dataclass
from bdc.syntax import ast

WALKS = ("ancestors", "descendants")
_MOST = 1000
_ROW = "this"


@dataclass(frozen=True, slots=True)
class _Asked:
    """The arguments of a walk: where it starts, along which reference, how far."""

    start: ast.Path
    along: ast.Name | None
    depth: int


def is_walk(node: ast.Expr) -> bool:
    """Say whether this is a call of `ancestors` or `descendants`."""
    return isinstance(node, ast.Call) and node.function.text in WALKS


def misplaced(node: ast.Call, scope: Scope) -> None:
    """Report a walk that stands where a value is wanted."""
    name = node.function.text
    help_ = f"it has many rows: write `value in {name}(x)`, `exists a in {name}(x) where (…)` or `count({name}(x))`"
    scope.context.report(NotAllowedHere(f"`{name}(…)`", "an expression of one value", node.span, help_))


def rows_of_walk(node: ast.Call, scope: Scope) -> ir.Path | None:
    """Return the collection of the rows above or below one, or report why there is none."""
    name = node.function.text
    if not scope.place.computed or not scope.place.relations:
        scope.context.report(NotAllowedHere(f"`{name}(…)`", scope.place.words, node.span))
        return None
    asked = _asked(node)
    if isinstance(asked, str):
        _wrong(node, scope, asked)
        return None
    start = _start(asked.start, scope)
    return None if start is None else _rows(node, start, asked, scope)


def _rows(node: ast.Call, start: ir.Path, asked: _Asked, scope: Scope) -> ir.Path | None:
    name = start.type.name if isinstance(start.type, ir.EntityType) else ""
    entity = scope.context.entities.get(name)
    if entity is None:
        _wrong(node, scope, f"it expects a row, found `{describe(start.type)}`")
        return None
    reference = _reference(entity, asked.along)
    if isinstance(reference, str):
        _wrong(node, scope, reference)
        return None
    walk: ir.Walk = "ancestors" if node.function.text == "ancestors" else "descendants"
    step = ir.PathStep(entity=entity.name, field=reference.name, walk=walk, depth=asked.depth)
    rows = ir.ArrayType(item=ir.EntityType(name=entity.name))
    return start.model_copy(update={"steps": (*start.steps, step), "type": rows, "nullable": False})


def _asked(node: ast.Call) -> _Asked | str:
    """Return the arguments, or what is wrong with them."""
    starts = [each.value for each in node.arguments if each.name is None]
    named = {each.name.text: each.value for each in node.arguments if each.name is not None}
    unknown = next((name for name in named if name not in ("along", "depth")), None)
    if unknown is not None:
        return f"it has no argument `{unknown}`"
    if len(starts) != 1 or not isinstance(starts[0], ast.Path):
        return "it expects one path to a row, or `this`"
    along = named.get("along")
    if along is not None and not (isinstance(along, ast.Path) and len(along.names) == 1):
        return "`along` expects the name of a reference"
    depth = named.get("depth", ast.IntLiteral(ir.WALK_DEPTH, span=node.span))
    if not isinstance(depth, ast.IntLiteral) or not 1 <= depth.value <= _MOST:
        return f"`depth` expects a number from 1 to {_MOST}"
    return _Asked(starts[0], along.names[0] if isinstance(along, ast.Path) else None, depth.value)


def _start(node: ast.Path, scope: Scope) -> ir.Path | None:
    """Return the path to the row where the walk starts: `this` is the row that the expression is about."""
    row = scope.context.entities.get(scope.row or "")
    alone = [name.text for name in node.names] == [_ROW] and _ROW not in scope.variables
    if alone and row is not None and row.find(_ROW) is None:
        return ir.Path(root=ir.Root.ROW, type=ir.EntityType(name=row.name))
    found = path(node, scope, None)
    return found if isinstance(found, ir.Path) else None


def _reference(entity: Entity, along: ast.Name | None) -> ReferenceField | str:
    """Return the reference of the entity to itself, or say which one has to be named, or why none serves."""
    own = [each for each in entity.fields if isinstance(each, ReferenceField) and each.target == entity.name]
    if not own:
        return f"`{entity.name}` has no reference to itself"
    named = [each for each in own if along is None or each.name == along.text]
    if len(named) == 1:
        return _against(entity, named[0]) or named[0]
    known = ", ".join(f"`along: {each.name}`" for each in own)
    if along is None:
        return f"`{entity.name}` refers to itself by {len(own)} fields: write {known}"
    return f"`{entity.name}.{along.text}` is no reference to `{entity.name}`: write {known}"


def _against(entity: Entity, reference: ReferenceField) -> str:
    """Return why no walk follows this reference; '' when one does."""
    words = f"`{entity.name}.{reference.name}`"
    if len(entity.key) != 1:
        return f"the key of `{entity.name}` has several parts"
    if reference.carriers and reference.goals != entity.key:
        return f"{words} does not lead to the key of `{entity.name}`"
    if reference.unindexed:
        return f"{words} has no index: take `@unindexed` away"
    return ""


def _wrong(node: ast.Call, scope: Scope, problem: str) -> None:
    usage = f"{node.function.text}(x, along: parent, depth: {ir.WALK_DEPTH})"
    scope.context.report(WrongArguments(usage, problem, node.span))
