"""At the declared load, filters and sorts are served by an index: a warning says which one is missing."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.exposure import resources
from bdc.diagnostics import Declared, Fact
from bdc.diagnostics.catalogue.analysis import UNSERVABLE_LIST, UNSERVED_LIST
from bdc.ir.physical import base_name
from bdc.model import Model
from bdc.model.apis.lists import at_end
from bdc.model.nodes.api import Resource
from bdc.model.nodes.entity import CollectionField, ComputedField, Entity, ReferenceField, ScalarField
from bdc.policy.clauses import conjuncts
from bdc.source import Span
from bdc.source.records import dataclass

FEW = 10_000  # below this many rows a scan is as good


@dataclass(frozen=True, slots=True)
class UnservedList(Fact):
    """`index`: what would serve it, at the entity `holder`; '' where no index can."""

    DIAGNOSTIC = UNSERVED_LIST

    entity: str
    field: str
    use: str
    rows: int
    holder: str
    index: str
    span: Span

    def declaration(self) -> Declared:
        return UNSERVED_LIST if self.index else UNSERVABLE_LIST


def unserved_list(model: Model) -> Iterator[Fact]:
    rows = {entry.name: entry.amount for entry in model.load if entry.kind == "rows"}
    for resource in resources(model):
        entity = model.entities[resource.entity]
        amount = rows.get(entity.name, 0) if entity.view is None else 0
        if amount <= FEW:
            continue
        used = (
            *((each.path, "filtered", each.span) for each in resource.filters),
            *(
                (word.text.removeprefix("-"), "sorted", word.span)
                for word in (*resource.sorts, *resource.order[:1])
            ),
        )
        yield from _near(entity, resource, amount)
        reported: set[str] = set()
        for path, use, span in used:
            holder = at_end(model.entities, entity.name, path)
            few = holder is not entity and rows.get(holder.name, 0) <= FEW
            fixed = _fixed(model, holder, resource.via if holder is entity and "." not in path else None)
            wanted = None if use == "filtered" and few else _wanted(holder, path, use, fixed)
            if path not in reported and wanted is not None:
                reported.add(path)
                yield UnservedList(entity.name, path, use, amount, holder.name, wanted, span)


def _near(entity: Entity, resource: Resource, amount: int) -> Iterator[Fact]:
    """Yield that no index finds the nearest rows."""
    near = resource.nearest
    field = entity.find(near.field.text) if near is not None else None
    if near is None or not isinstance(field, ScalarField) or not isinstance(field.type, ir.ArrayType):
        return
    wanted = f"{base_name(field.type.db or '')}_{near.measure}_ops"
    keys = [key for index in entity.indexes if index.method in ("hnsw", "ivfflat") for key in index.keys]
    if not any(key.field == field.name and key.operator_class == wanted for key in keys):
        index = f"index using hnsw ({field.name} with {wanted})"
        yield UnservedList(entity.name, field.name, "ordered", amount, entity.name, index, near.field.span)


def _fixed(model: Model, entity: Entity, via: str | None) -> tuple[str, ...]:
    """Return the fields that hold the same in all rows of one list: the tenant, what the scope holds against the caller, and `via`, the
    reference whose row the address of the list names."""
    policy = model.policy(entity.name)
    held = (_held(term) for term in conjuncts(policy.scope if policy is not None else None))
    return tuple(dict.fromkeys(each for each in (entity.tenant, *held, via) if each is not None))


def _held(term: ir.Expr) -> str | None:
    """Return the field of the row that `term` holds equal to something of the caller."""
    if not isinstance(term, ir.Compare) or term.op != "==":
        return None
    sides = {each.root: each for each in (term.left, term.right) if isinstance(each, ir.Path)}
    row, actor = sides.get(ir.Root.ROW), sides.get(ir.Root.ACTOR)
    return row.steps[0].field if row is not None and actor is not None and len(row.steps) == 1 else None


def _wanted(entity: Entity, path: str, use: str, fixed: tuple[str, ...]) -> str | None:
    """Return the index that would serve a filter or sort by `path`, which ends in a field of `entity`. None: there is one. '': no index can.
    `fixed`: fields that hold the same in all rows of the list."""
    name = path.rpartition(".")[2]
    if use == "sorted" and name != path:
        return ""
    if _is_served(entity, name, fixed):
        return None
    field = entity.find(name)
    if isinstance(field, ComputedField) and field.kept is None:
        return ""
    if isinstance(field, ScalarField) and isinstance(field.type, ir.ArrayType):
        return f"index using gin ({name})"
    return f"index ({', '.join((*fixed, name))})"


def _is_served(entity: Entity, name: str, fixed: tuple[str, ...]) -> bool:
    """Say whether some index begins with the field, what is `fixed` for the whole list left aside. References have one of their own,
    and relations to many are looked up from the other side."""
    field = entity.find(name)
    if isinstance(field, ReferenceField | CollectionField):
        return True
    if isinstance(field, ScalarField) and isinstance(field.type, ir.ArrayType):
        return any(each.method == "gin" and name in each.fields for each in entity.indexes)
    if isinstance(field, ScalarField) and field.unique:
        return True
    return any(_leads(names, name, fixed) for names in _indexes(entity))


def _indexes(entity: Entity) -> Iterator[tuple[str, ...]]:
    yield entity.key
    for unique in entity.uniques:
        if unique.where is None:
            yield unique.fields
    for index in entity.indexes:
        if index.where is None:
            yield index.fields


def _leads(names: tuple[str, ...], name: str, fixed: tuple[str, ...]) -> bool:
    own = tuple(each for each in names if each not in fixed)
    return bool(own) and own[0] == name
