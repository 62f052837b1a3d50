"""Lists: what they are filtered, searched and sorted by, looked up in the rows and along relations."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bdc.model.context import ResolveContext
from bdc.model.errors.names import DuplicateMember, NotOfTheRow, UnknownField, UnknownSetting
from bdc.model.errors.types import BadSetting, NotARelation, OutOfRange
from bdc.model.nodes.api import Filter, Measure, Nearest, PageKind
from bdc.model.nodes.entity import CollectionField, Entity, ReferenceField
from bdc.model.nodes.policy import Word
from bdc.naming.references import key_member
from bdc.source import Span
from bdc.source.records import dataclass
from bdc.syntax import ast


@dataclass(frozen=True, slots=True)
class Paging:
    """`usual` and `most`: rows on a page. `total`: callers of pages by cursor may ask how many rows there are, and pages by offset
    say so."""

    kind: PageKind
    usual: int
    most: int
    total: bool


@dataclass(frozen=True, slots=True)
class Found:
    """`field` of the row that the relations `via` lead to."""

    via: tuple[str, ...]
    field: str

    @property
    def path(self) -> str:
        return ".".join((*self.via, self.field))


def look_up(context: ResolveContext, entity: Entity, path: ast.Path) -> str | None:
    """Return the name of a field of `entity`, or report that there is none."""
    name = path.names[0]
    if not _is_field(context, entity, name):
        return None
    if len(path.names) > 1:
        context.report(NotOfTheRow(entity.name, tuple(each.text for each in path.names), path.names[1].span))
        return None
    return name.text


def _is_field(context: ResolveContext, entity: Entity, name: ast.Name) -> bool:
    if entity.find(name.text) is not None:
        return True
    if not entity.is_unread(name.text):
        context.report(UnknownField(f"entity `{entity.name}`", name.text, name.span, entity.field_names))
    return False


def follow(context: ResolveContext, entity: Entity, path: ast.Path, use: str) -> Found | None:
    """Return the field at the end of `path`, or report why the path leads to none. `use`: filtered or sorted."""
    here: Entity | None = entity
    for name in path.names[:-1]:
        if here is None or not _is_field(context, here, name):
            return None
        field = here.find(name.text)
        if not isinstance(field, ReferenceField | CollectionField):
            written = tuple(each.text for each in path.names)
            context.report(NotOfTheRow(here.name, written, name.span))
            return None
        if use == "sorted" and isinstance(field, CollectionField):
            only = "a list can be sorted along relations to one row only"
            context.report(NotARelation(name.text, "followed here", only, name.span))
            return None
        here = context.entities.get(field.target)
    if here is None or not _is_field(context, here, path.last):
        return None
    return Found(tuple(name.text for name in path.names[:-1]), path.last.text)


def resolve_filters(
    context: ResolveContext, declared: ast.ResourceDecl, entity: Entity
) -> tuple[Filter, ...]:
    """Return the filters, each with the name that callers write."""
    found: dict[str, Filter] = {}
    for written in (
        each for item in declared.items if isinstance(item, ast.FilterItem) for each in item.filters
    ):
        at = follow(context, entity, written.path, "filtered")
        if at is None:
            continue
        operators = tuple(Word(each.text, each.span) for each in written.operators)
        called = Word(written.called.text, written.called.span) if written.called is not None else None
        made = Filter(at.field, operators, written.span, at.via, called)
        name = _name(context, entity, made)
        if name in found:
            shown = called.text if called is not None else at.path
            context.report(DuplicateMember("filter", shown, "this resource", written.span, found[name].span))
        for each in _spread(context, entity, made):
            found.setdefault(_name(context, entity, each), each)
    return tuple(found.values())


def _spread(context: ResolveContext, entity: Entity, made: Filter) -> Iterator[Filter]:
    """Yield the filters that a written one stands for: a reference that fields carry stands for these."""
    field = at_end(context.entities, entity.name, made.path).find(made.field)
    carriers = field.carriers if isinstance(field, ReferenceField) and made.called is None else ()
    for name in carriers or (made.field,):
        yield replace(made, field=name)


def _name(context: ResolveContext, entity: Entity, made: Filter) -> str:
    """Return what callers write for a filter: a reference is asked for by the member that holds its key."""
    if made.called is not None:
        return made.called.text
    field = at_end(context.entities, entity.name, made.path).find(made.field)
    return key_member(made.path) if isinstance(field, ReferenceField) else made.path


def resolve_fields(
    context: ResolveContext,
    declared: ast.ResourceDecl,
    entity: Entity,
    kind: type[ast.SearchItem] | type[ast.SortItem],
) -> tuple[Word, ...]:
    """Return what a search or a sort names: fields of the row, or of rows that a sort's relations lead to (`author.name`)."""
    found: dict[str, Word] = {}
    for path in (path for item in declared.items if isinstance(item, kind) for path in item.paths):
        if kind is ast.SortItem:
            at = follow(context, entity, path, "sorted")
            name = at.path if at is not None else None
        else:
            name = look_up(context, entity, path)
        if name is None:
            continue
        if name in found:
            context.report(DuplicateMember("field", name, "this list", path.span, found[name].span))
        found.setdefault(name, Word(name, path.span))
    return tuple(found.values())


def resolve_order(context: ResolveContext, declared: ast.ResourceDecl, entity: Entity) -> tuple[Word, ...]:
    """Return the order of a list that its caller does not sort, `-` before what goes downwards."""
    found: dict[str, Word] = {}
    for key in (key for item in declared.items if isinstance(item, ast.SortItem) for key in item.order):
        at = follow(context, entity, key.path, "sorted")
        if at is None:
            continue
        if at.path in found:
            context.report(DuplicateMember("field", at.path, "this order", key.span, found[at.path].span))
        found.setdefault(at.path, Word(("-" if key.descending else "") + at.path, key.span))
    return tuple(found.values())


def resolve_page(context: ResolveContext, declared: ast.ResourceDecl) -> Paging:
    """Return how a list is cut into pages."""
    settings: dict[str, int | bool] = {"default": 20, "max": 100}
    kind: PageKind = "cursor"
    span: Span | None = None
    for item in declared.items:
        if isinstance(item, ast.PageItem):
            span = item.span
            if item.kind.text == "offset":
                kind = "offset"
            elif item.kind.text != "cursor":
                known = ("cursor", "offset")
                context.report(UnknownSetting(item.kind.text, "`page`", item.kind.span, known))
            for argument in item.arguments:
                _read_page_setting(context, argument, settings)
    usual, most = int(settings["default"]), int(settings["max"])
    if span is not None and usual > most:
        context.report(OutOfRange(str(usual), "page size", f"it is more than `max`, {most}", span))
    return Paging(kind, usual, most, bool(settings.get("total", kind == "offset")))


def _read_page_setting(
    context: ResolveContext, argument: ast.Argument, settings: dict[str, int | bool]
) -> None:
    name, value = argument.name.text if argument.name is not None else "", argument.value
    if name == "total":
        settings[name] = isinstance(value, ast.BoolLiteral) and value.value
        if not isinstance(value, ast.BoolLiteral):
            context.report(BadSetting(name, "`true` or `false`", value.span))
    elif name not in settings:
        context.report(UnknownSetting(name or "…", "`page`", argument.span, ("default", "max", "total")))
    elif not isinstance(value, ast.IntLiteral) or value.value < 1:
        context.report(BadSetting(name, "a number above 0", value.span))
    else:
        settings[name] = value.value


MEASURED: dict[str, Measure] = {"cosine": "cosine", "l2": "l2", "ip": "ip", "l1": "l1"}
_SEARCHING = ("prefix", "rank", "fuzzy")


def resolve_searching(context: ResolveContext, declared: ast.ResourceDecl) -> dict[str, bool]:
    """Return how texts are searched: the last word as a `prefix`, the best matches first (`rank`), and words that are alike (`fuzzy`)."""
    found: dict[str, bool] = {}
    for item in declared.items:
        for argument in item.arguments if isinstance(item, ast.SearchItem) else ():
            name = argument.name.text if argument.name is not None else ""
            if name not in _SEARCHING:
                context.report(UnknownSetting(name or "…", "`search`", argument.span, _SEARCHING))
            elif isinstance(argument.value, ast.BoolLiteral):
                found[name] = argument.value.value
            else:
                context.report(BadSetting(name, "`true` or `false`", argument.value.span))
    return found


def resolve_nearest(context: ResolveContext, declared: ast.ResourceDecl, entity: Entity) -> Nearest | None:
    """Return by which vector rows are near, and how that is measured."""
    found: Nearest | None = None
    for item in (each for each in declared.items if isinstance(each, ast.NearestItem)):
        name = look_up(context, entity, item.path)
        if item.measure.text not in MEASURED:
            context.report(BadSetting("using", f"one of {', '.join(MEASURED)}", item.measure.span))
        elif name is not None and found is not None:
            first, here = found.field.span, item.path.span
            context.report(DuplicateMember("nearest", name, "this resource", here, first))
        elif name is not None:
            found = Nearest(Word(name, item.path.span), MEASURED[item.measure.text])
    return found


def followed(
    entities: Mapping[str, Entity], entity: str, path: str
) -> Iterator[tuple[Entity, ReferenceField | CollectionField]]:
    """Yield each relation that the path of a filter or sort follows, with the entity that has it."""
    here = entities[entity]
    for name in path.split(".")[:-1]:
        relation = here.find(name)
        if not isinstance(relation, ReferenceField | CollectionField):
            return
        yield here, relation
        here = entities[relation.target]


def at_end(entities: Mapping[str, Entity], entity: str, path: str) -> Entity:
    """Return the entity whose field stands at the end of the path of a filter or sort."""
    here = entities[entity]
    for _, relation in followed(entities, entity, path):
        here = entities[relation.target]
    return here
