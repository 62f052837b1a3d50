"""Schema tree → the field table of the emitted service: what each generated field means, as data."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from textwrap import wrap

from bdc.ir.compiled import EntityRead
from bdc.source.records import dataclass
from bdc.surface.graphql.python_names import class_name
from bdc.surface.graphql.tree import (
    Argument,
    Call,
    Field,
    Get,
    InputType,
    ListOf,
    Many,
    Member,
    Node,
    ObjectType,
    One,
    Page,
    Part,
    Schema,
    Struct,
    Task,
    base_name,
)

COMBINING = ("and", "or", "not")  # filters of filters, which the runtime knows
# The tables of edges and connections, as the runtime has them.
COMMON = {
    (("cursor", "Part('cursor')"), ("node", "Part('node')")): "EDGE",
    (
        ("nodes", "Part('nodes')"),
        ("edges", "Part('edges')"),
        ("pageInfo", "Part('page_info')"),
    ): "CONNECTION",
}


@dataclass(frozen=True, slots=True)
class ObjectView:
    """`fields`: (GraphQL name, Python expression of its meaning, word of the runtime's `members` or '')."""

    name: str
    entity: str
    fields: tuple[tuple[str, str, str], ...]

    @property
    def common(self) -> str:
        """The runtime's name of a table that many connections share; '' when this is not one."""
        shown = tuple((name, meaning) for name, meaning, _ in self.fields)
        return "" if self.entity else COMMON.get(shown, "")

    @property
    def entries(self) -> Iterator[str]:
        """The entries of its table: plain values that follow each other as words, everything else alone."""
        for plain, run in groupby(self.fields, key=lambda field: bool(field[2])):
            found = list(run)
            if plain and len(found) > 1:
                yield f"**members({', '.join(_lines([word for _, _, word in found]))})"
            else:
                yield from (f"{name!r}: {meaning}" for name, meaning, _ in found)


@dataclass(frozen=True, slots=True)
class InputView:
    """`fields`: (GraphQL name, (member, name of the nested input or ''))."""

    name: str
    fields: tuple[tuple[str, tuple[str, str]], ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The fields as words of the runtime's `fields`, in texts that fit on a line."""
        words = [
            name + (f"={source}" if source != name else "") + (f":{nested}" if nested else "")
            for name, (source, nested) in self.fields
        ]
        return _lines(words)


@dataclass(frozen=True, slots=True)
class TableView:
    """`common`: table of the runtime → the types that it is true of, as texts that fit on a line. `keys`: entity → the members of its key,
    each with how its text is read. `types`: entity → its type, and `classes`: type → its class, where the two are called differently."""

    objects: tuple[ObjectView, ...]
    common: tuple[tuple[str, tuple[str, ...]], ...]
    inputs: tuple[InputView, ...]
    keys: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    types: tuple[tuple[str, str], ...]
    classes: tuple[tuple[str, str], ...]
    is_relay: bool = False


class Table:
    """Makes the table of one schema."""

    def __init__(self, schema: Schema, reads: Mapping[str, EntityRead]) -> None:
        self._schema = schema
        self._reads = reads
        self._inputs = {input_.name: input_ for input_ in schema.inputs}
        self._enums = {enum.name: enum for enum in schema.all_enums}

    def view(self) -> TableView:
        """Return the table: objects with the roots last, and inputs."""
        schema = self._schema
        roots = [ObjectType("Query", schema.queries), ObjectType("Mutation", schema.mutations)]
        objects = [*schema.values, *schema.objects, *(root for root in roots if root.fields)]
        rows = {each.entity: each.name for each in schema.objects if each.entity is not None}
        rows |= {each.entity: each.row for each in schema.resources if each.entity not in rows}
        declared = [*(each.name for each in schema.enums), *(each.name for each in schema.values)]
        views = [ObjectView(each.name, each.entity or "", tuple(self._fields(each))) for each in objects]
        return TableView(
            tuple(view for view in views if not view.common),
            tuple(_common(views)),
            tuple(self._input(input_) for input_ in schema.inputs),
            tuple((name, self._key(name)) for name in rows),
            tuple((entity, name) for entity, name in rows.items() if entity != name),
            tuple((name, class_name(name)) for name in declared if class_name(name) != name),
            bool(schema.relay_queries),
        )

    def _fields(self, type_: ObjectType) -> Iterator[tuple[str, str, str]]:
        for field in type_.fields:
            yield field.name, self._meaning(field), _word(field)

    def _meaning(self, field: Field) -> str:
        attribute = field.python
        match field.meaning:
            case Member(member=member):
                many = isinstance(field.type, ListOf)
                return _member(member, attribute, base_name(field.type), many)
            case Struct(member=member, struct=struct, many=many):
                return f"Struct({member!r}, {attribute!r}, {struct!r}, {many})"
            case One(relation=relation, entity=entity):
                return f"One({relation!r}, {entity!r})"
            case Many() as many_:
                return f"Many({many_.relation!r}, {many_.entity!r}, {many_.default}, {many_.max})"
            case Part(name=name):
                return f"Part({name!r})"
            case Get(entity=entity, permission=permission) as get:
                keys = self._key_arguments(entity, field.arguments)
                more = f", own={get.own!r}, by_key={get.by_key}" if get.own is not None else ""
                return f"Get({entity!r}, {keys!r}, {permission!r}{_replica(get.replica)}{more})"
            case Page() as page:
                return self._page(field, page)
            case Call() as call:
                return self._call(field, call)
            case Node() as node:
                return f"Node({dict(node.entities)!r}{', many=True' if node.many else ''})"
            case Task(kind=kind, name=name):
                arguments = tuple(self._argument(each) for each in field.arguments)
                return f"Task({kind!r}, {name!r}, {arguments!r}, {base_name(field.type)!r})"

    def _key(self, entity: str) -> tuple[tuple[str, str], ...]:
        read = self._reads[entity]
        return tuple((key.member, key.kind) for key in read.keys)

    def _key_arguments(self, entity: str, arguments: tuple[Argument, ...]) -> tuple[tuple[str, str], ...]:
        read = self._reads[entity]
        named = [*read.keys, *read.address, *(key for parent in read.parents for key in parent.keys)]
        kinds = {key.member: key.kind for key in named}
        return tuple((each.name, kinds.get(each.source, "string")) for each in arguments)

    def _page(self, field: Field, page: Page) -> str:
        arguments = {each.name: base_name(each.type) for each in field.arguments}
        filters = {}
        if "filter" in arguments:
            known = self._operators(page.entity)
            filters = {
                each.name: known.get(each.source, (each.source, {}))
                for each in self._inputs[arguments["filter"]].fields
                if each.source not in COMBINING
            }
        sorts = {}
        if "sort" in arguments:
            sorts = {value.name: value.source for value in self._enums[arguments["sort"]].values}
        head = f"{page.entity!r}, {page.default}, {page.max}, {page.permission!r}"
        keys = self._key_arguments(page.entity, field.arguments[: page.keys]) if page.keys else ()
        words = (
            ("order", page.order),
            ("prefix", page.prefix),
            ("ranked", page.ranked),
            ("nearest", page.nearest),
            ("numbers", page.numbers),
            ("keys", keys),
            ("replica", page.replica),
        )
        order = "".join(f", {name}={value!r}" for name, value in words if value)
        return f"Page({head}, {filters!r}, {sorts!r}{order})"

    def _operators(self, entity: str) -> dict[str, tuple[str, dict[str, tuple[str, bool]]]]:
        """Return parameter → the filter's field, and operator → (how a value is read, whether it is a list)."""
        found: dict[str, tuple[str, dict[str, tuple[str, bool]]]] = {}
        for each in self._reads[entity].filters:
            kind = "enum" if each.type.startswith("enum:") else each.type
            _, operators = found.setdefault(each.parameter or each.field, (each.field, {}))
            operators[each.operator] = (kind, each.many)
        return found

    def _call(self, field: Field, call: Call) -> str:
        """The arguments of the key come first; the rest are `input`, parameters and the two of the protocol."""
        entity = call.entity or call.row
        keys = self._key_arguments(entity, field.arguments[: call.keys]) if entity else ()
        rest = tuple(self._argument(each) for each in field.arguments[call.keys :])
        head = f"{call.operation!r}, {call.verb!r}, {call.entity!r}"
        own = f", own={call.own!r}" if call.own is not None else ""
        return f"Call({head}, {keys!r}, {rest!r}, {base_name(field.type)!r}{_replica(call.replica)}{own})"

    def _argument(self, argument: Argument) -> tuple[str, str, str]:
        return argument.name, argument.source, base_name(argument.type)

    def _input(self, input_: InputType) -> InputView:
        fields = []
        for field in input_.fields:
            name = base_name(field.type)
            fields.append((field.name, (field.source, name if name in self._inputs else "")))
        return InputView(input_.name, tuple(fields))


def _common(views: list[ObjectView]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for table in sorted(set(COMMON.values())):
        names = [view.name for view in views if view.common == table]
        if names:
            yield table, _lines(names)


def _word(field: Field) -> str:
    """A plain value as a word of the runtime's `members`; '' for everything that says more."""
    meaning = field.meaning
    if not isinstance(meaning, Member) or isinstance(field.type, ListOf) or field.python != meaning.member:
        return ""
    source = f"={meaning.member}" if meaning.member != field.name else ""
    return f"{field.name}{source}:{base_name(field.type)}"


def _lines(words: Iterable[str]) -> tuple[str, ...]:
    """Words as texts that fit on a line."""
    return tuple(
        repr(line) for line in wrap(" ".join(words), 90, break_long_words=False, break_on_hyphens=False)
    )


def _replica(replica: bool) -> str:
    return ", replica=True" if replica else ""


def _member(name: str, attribute: str, type_: str, many: bool) -> str:
    given = [repr(name), repr(type_)]
    given += [f"attribute={attribute!r}"] if attribute != name else []
    return f"member({', '.join([*given, 'many=True'] if many else given)})"
