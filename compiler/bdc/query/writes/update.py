"""Update: a merge patch. A member that is absent leaves its column alone, one that is null empties it."""

from collections.abc import Iterator

from sqlglot import exp

from bdc.ir import (
    CollectionField,
    Entity,
    EntityField,
    ExpandNode,
    InputShape,
    ReferenceField,
    Resource,
    ScalarField,
    Type,
)
from bdc.ir.compiled import CompiledFunction, FunctionParameter, ParameterRole
from bdc.ir.physical import physical
from bdc.query.names import column
from bdc.query.relations import key_columns
from bdc.query.scope import Row
from bdc.query.suffixes import is_suffixed
from bdc.query.trees import cast, conjunction, disjunction, negation, number, text
from bdc.query.types import sql_type
from bdc.query.writes import change, hooks, references, refusals
from bdc.query.writes.answer import expanded, must_be_readable, read_back, status
from bdc.query.writes.assemble import assemble
from bdc.query.writes.change import Change
from bdc.query.writes.context import Context
from bdc.query.writes.input import is_present, member, member_value, pieces
from bdc.query.writes.names import FOUND, INPUT, ROW, either, is_given, variable
from bdc.query.writes.owned import COUNT, OwnedRows
from bdc.query.writes.plpgsql import Declared, Refuse, Statement, When
from bdc.query.writes.related import expand_parameter
from bdc.query.writes.rows import NewRows, gives
from bdc.query.writes.signature import sql_name
from bdc.query.writes.statements import query
from bdc.query.writes.suffixed import made_anew, own_fields

_NEW = "n"


def compile_update(context: Context, resource: Resource) -> CompiledFunction:
    """Return the function `<entity>_update(identity…, key…, input, if_match, expand)`."""
    shape = resource.update or InputShape(members=())
    entity = context.system.entity(resource.entity)
    return _Update(context.fresh(), entity, shape, resource).compile()


class _Update:
    def __init__(self, context: Context, entity: Entity, shape: InputShape, resource: Resource) -> None:
        self._context = context
        self._entity = entity
        self._resource = resource
        self._expand: tuple[ExpandNode, ...] = resource.expand
        self._shape = shape
        names = {member.field for member in shape.members}
        self._called = {member.field: member.called for member in shape.members if member.called}
        self._fields = [field for field in entity.fields if field.name in names]

    def compile(self) -> CompiledFunction:
        values = dict(self._values())
        hooked = self._hooked(values)
        values |= hooked.sets() if hooked is not None else {}
        change_ = Change(
            self._context,
            self._entity,
            "update",
            after=values,
            conditions=[
                *self._references(),
                *(disjunction([negation(g), may]) for _, g, may in self._grants()),
            ],
            reasons=(*self._missing(), *self._refuse_members()),
        )
        given = FunctionParameter("input", "jsonb", ParameterRole.INPUT)
        asked = expand_parameter(self._expand)
        signature = self._context.signature(*change_.parameters(), given, *change_.if_match(), *asked)
        variables = [
            *change.VARIABLES,
            *references.VARIABLES,
            *refusals.VARIABLES,
            *hooks.VARIABLES,
            Declared(COUNT, "integer"),
        ]
        after = hooked.after() if hooked is not None else ()
        body = [
            *(self._before(hooked, change_, values, after) if hooked is not None else ()),
            *change_.apply(change_.set({name: value.copy() for name, value in self._set(values).items()})),
            *self._replaced(variables),
            *after,
            read_back(self._context, self._entity, change_.key()),
            must_be_readable(),
            *(hooked.told(signature) if hooked is not None else ()),
            *expanded(self._context, self._entity, change_.key(), self._expand),
            status(200),
        ]
        return assemble(
            self._context,
            self._context.function_name(self._entity.name, "update"),
            self._entity.name,
            "update",
            signature,
            body,
            variables,
        )

    def _hooked(self, values: dict[str, exp.Expression]) -> hooks.Hooked | None:
        """Return the hooks. What they look at of the row after is what the patch gives, or else what is there."""

        def settle(tree: exp.Expression) -> exp.Expression:
            root = exp.Paren(this=tree)
            for found in [each for each in root.find_all(exp.Column) if each.table == hooks.AFTER]:
                given = values.get(found.name)
                found.replace(column(ROW, found.name) if given is None else exp.Paren(this=given.copy()))
            settled: exp.Expression = root.this
            return settled

        values = dict(values)
        key = [variable(sql_name(each)) for each in self._context.keys(self._entity)]
        return hooks.hooked_update(self._context, self._resource, self._entity, key, settle)

    def _before(
        self,
        hooked: hooks.Hooked,
        change_: Change,
        values: dict[str, exp.Expression],
        after: tuple[Statement, ...],
    ) -> Iterator[Statement]:
        """Yield what locks the rows that change, refuses where a requirement does not hold, and keeps the row as it was."""
        yield from hooked.opened(*hooked.locks(hooked.column_after(values), own=True))
        if hooked.hook.body.requires or after:
            yield change_.lock()
            yield When(negation(variable(FOUND)), change_.explain())
        yield from hooked.opened(*hooked.required(hooked.stored))
        yield from hooked.remembered(after)

    def _replaced(self, variables: list[Declared]) -> Iterator[Statement]:
        """Yield what puts the rows of given collections in the place of those that are there."""
        keys = (variable(sql_name(key)) for key in self._context.keys(self._entity))
        given = dict(zip(key_columns(self._entity), keys, strict=True))
        parent = NewRows(
            self._context, self._entity, self._shape, variable(INPUT), text(""), given=given, stored=True
        )
        owned = OwnedRows(self._context, variables)
        for each in self._shape.members:
            field = self._entity.field(each.field)
            if isinstance(field, CollectionField):
                replaced = tuple(owned.replace(parent, each, field))
                yield When(is_present(variable(INPUT), each.called or field.name), replaced)

    def _values(self) -> Iterator[tuple[str, exp.Expression]]:
        """Yield every column that the patch may change, with its value after."""
        for field in self._fields:
            if isinstance(field, ScalarField) and field.embedded:
                yield from self._embedded(field)
            elif isinstance(field, ScalarField | ReferenceField):
                yield field.column, either(_is_given(field), self._value(field), self._kept(field))

    def _set(self, values: dict[str, exp.Expression]) -> dict[str, exp.Expression]:
        """Return what the statement writes: `values`, and what a suffix makes unique anew where it is made of them."""
        return values | {
            found.column: made_anew(self._context, self._entity, found, values, given)
            for found in self._entity.fields
            if isinstance(found, ScalarField)
            and is_suffixed(found)
            and found.column not in values
            and not found.immutable
            and (given := [_is_given(field) for field in self._fields if field.name in own_fields(found)])
        }

    def _embedded(self, field: ScalarField) -> Iterator[tuple[str, exp.Expression]]:
        given = dict(pieces(field, member(variable(INPUT), field.name)))
        for each in field.embedded:
            kept = column(ROW, each.column)
            kept_as = kept if physical(each.type) is None else cast(kept, sql_type(each.type))
            yield each.column, either(_is_given(field), given[each.column], kept_as)

    def _kept(self, field: ScalarField | ReferenceField) -> exp.Expression:
        """What is there, of the type that a new value has."""
        kept, logical = column(ROW, field.column), self._type(field)
        return kept if physical(logical) is None else cast(kept, sql_type(logical))

    def _value(self, field: ScalarField | ReferenceField) -> exp.Expression:
        return member_value(variable(INPUT), field.member, self._type(field))

    def _type(self, field: ScalarField | ReferenceField) -> Type:
        return field.type if isinstance(field, ScalarField) else self._context.reference_type(field)

    def _references(self) -> list[exp.Expression]:
        return [self._leads_somewhere(found) for found in self._given_references()]

    def _given_references(self) -> list[ReferenceField]:
        """A reference that others carry is given when any of those is."""
        given = {found.name for found in self._fields}
        every = (found for found in self._entity.fields if isinstance(found, ReferenceField))
        return [found for found in every if gives(found, given)]

    def _leads_somewhere(self, reference: ReferenceField) -> exp.Expression:
        """Absent, null where it may be, or a row that the caller may read."""
        found = references.may_refer(self._context, Row(self._entity, _NEW), reference)
        fields = self._carriers(reference)
        for each in [each for each in found.find_all(exp.Column) if each.table == _NEW]:
            mine = fields.get(each.name)
            after: exp.Expression = column(ROW, each.name)
            if mine is not None and reference.carriers:
                after = either(_is_given(mine), self._value(mine), after)
            elif mine is not None:
                after = self._value(mine)
            each.replace(after)
        given = disjunction(_is_given(mine) for mine in fields.values())
        return disjunction([negation(given), found])

    def _carriers(self, reference: ReferenceField) -> dict[str, ScalarField | ReferenceField]:
        """Return the fields of this patch that carry the reference, by column."""
        names = reference.carriers or (reference.name,)
        return {
            found.column: found
            for found in self._fields
            if found.name in names and isinstance(found, ScalarField | ReferenceField)
        }

    def _missing(self) -> tuple[Statement, ...]:
        """Collect the references that lead nowhere, and refuse if there are any."""
        problems = [self._missing_one(found) for found in self._given_references()]
        return (references.collect(problems), references.refuse_errors()) if problems else ()

    def _missing_one(self, reference: ReferenceField) -> exp.Select:
        found = references.found_problem(text(""), number(0), reference)
        row = Change(self._context, self._entity, "update")
        return query(found, [row.target()], [*row.located(), negation(self._leads_somewhere(reference))])

    def _grants(self) -> Iterator[tuple[str, exp.Expression, exp.Expression]]:
        """Yield the rule, whether its member is given, and who may write it: to compare with what is there would tell a
        caller who may not read it what it is, so giving it at all is what needs the grant."""
        names = {field.name: field for field in self._fields}
        for rule in self._context.write_rules(self._entity, names):
            scope = self._context.scope.at(self._entity.name, ROW)
            grant = self._context.policies.write_allowed(scope, self._entity.name, rule.field)
            if grant is not None:
                called = self._called.get(rule.field, names[rule.field].member)
                yield f"{self._entity.stored}.{rule.field}.write", is_present(variable(INPUT), called), grant

    def _refuse_members(self) -> tuple[Statement, ...]:
        """Refuse a member that the caller may not write; else the row changed between the two looks."""
        row = Change(self._context, self._entity, "update")
        found = [
            (conjunction([given, negation(may)]), refusals.members_of(rule, None))
            for rule, given, may in self._grants()
        ]
        if not found:
            return row.reasons
        is_refused = is_given(variable(refusals.REFUSAL))
        refuse = When(is_refused, (Refuse(403, "forbidden", variable(refusals.REFUSAL)),))
        return (refusals.first_reason(found, [row.target()], row.located()), refuse, *row.reasons)


def _is_given(field: EntityField) -> exp.Expression:
    return is_present(variable(INPUT), field.member)
