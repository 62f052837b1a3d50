"""Hooks: what create, update and delete check and set before they write their row, and what they write to other rows after it.

They run as statements of an operation do: `app.body` names the operation while they run. What they require is asked of a row that
the caller may write, after the rows that change are locked: a caller that may not is refused first, and learns nothing of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from sqlglot import exp

from bdc.ir import Entity, Hook, Requirement, Resource
from bdc.query.names import column, table_of
from bdc.query.scope import Held, Row, Scope
from bdc.query.trees import conjunction, exists, is_true, negation, scalar_query
from bdc.query.writes.context import Context
from bdc.query.writes.events import emit
from bdc.query.writes.names import ROW, json_object, variable
from bdc.query.writes.plpgsql import Assign, Declared, ForEach, Guarded, Refuse, Run, Statement, When
from bdc.query.writes.signature import Signature
from bdc.query.writes.statement import (
    LOCKED_ROW,
    MEMBERS,
    THIS,
    Statements,
    assigned_columns,
    held_behind,
    in_order,
    locate,
    stored_column,
)
from bdc.query.writes.statements import query
from bdc.source.records import dataclass

_OLD = "v_old"
VARIABLES = (Declared(LOCKED_ROW, "integer"), Declared(MEMBERS, "jsonb"), Declared(_OLD, "record"))
AFTER = "n"
"""The alias that stands for the row after an update, until its columns are put in the place of it."""

Breaking = Callable[
    [exp.Expression, Iterable[exp.Expression]], tuple[exp.Expression, Iterable[exp.Expression]]
]
Values = Mapping[str, exp.Expression]


@dataclass(frozen=True)
class Hooked(Statements):
    """The hooks of one operation. `key`: what finds its row once that is there. `asked`: the scope of what is required and set; `settle`
    puts the values after an update in the place of the row after."""

    key: tuple[exp.Expression, ...] = ()
    asked: Scope | None = None
    settle: Callable[[exp.Expression], exp.Expression] = lambda tree: tree

    @property
    def hook(self) -> Hook:
        assert isinstance(self.operation, Hook)
        return self.operation

    @property
    def alias(self) -> str:
        return ROW if self.asked is None or self.asked.row is None else self.asked.row.alias

    def scope(self) -> Scope:
        assert self.asked is not None
        return self.asked

    @property
    def own(self) -> Held:
        assert self.entity is not None
        return Held(self.entity, self.key)

    def sets(self, scope: Scope | None = None) -> dict[str, exp.Expression]:
        """Return the columns that get another value; `scope`: what the names in it mean."""
        assert self.entity is not None
        found = assigned_columns(self.context, self.entity, self.hook.body.sets, scope or self.scope())
        return {name: self.settle(value) for name, value in found}

    def required(self, breaking: Breaking) -> tuple[Statement, ...]:
        """Return what refuses where a requirement does not hold. `breaking`: the rows for which a condition is not true."""
        return tuple(self._refusal(each, breaking) for each in self.hook.body.requires)

    def _refusal(self, required: Requirement, breaking: Breaking) -> Statement:
        error = next(each for each in self.context.system.errors if each.name == required.error)
        holds = self.settle(self.context.value(required.condition, self.scope()))
        told = self.settle(json_object(**dict(self.members(required))))
        source, where = breaking(holds, [told])
        said = query([told], [source.copy()], [each.copy() for each in where], limit=1)
        refuse = Refuse(error.status, error.code, variable(MEMBERS) if error.members else None)
        found = exists([source], conjunction(where))
        return When(found, ((Run(said, (MEMBERS,)),) if error.members else ()) + (refuse,))

    def stored(
        self, holds: exp.Expression, _: Iterable[exp.Expression]
    ) -> tuple[exp.Expression, list[exp.Expression]]:
        """Return the row of the operation where `holds` is not true of it."""
        assert self.entity is not None
        return table_of(self.entity, ROW), [*locate(self.context, self.own, ROW), negation(is_true(holds))]

    def locks(self, before: Callable[[str], exp.Expression], *, own: bool) -> tuple[Statement, ...]:
        """Lock the rows that change, in an order that all calls share. `before`: the value of a column of the row, as it will be."""
        names = dict.fromkeys(each.row for each in self.body.statements if each.row is not None)
        rows = [self.behind(name, before) for name in names]
        rows += [self.own] if own and rows else []
        tables: dict[str, list[Held]] = {}
        for held in rows:
            tables.setdefault(held.entity.table, []).append(held)
        return tuple(
            ForEach((LOCKED_ROW,), in_order(self.context, tables[name]), ()) for name in sorted(tables)
        )

    def column_before(self, name: str) -> exp.Expression:
        """Return what reads a column of the row that is stored."""
        return stored_column(self.context, self.own, name)

    def column_after(self, values: Values) -> Callable[[str], exp.Expression]:
        """Return what reads a column of the row as it will be; `values`: the columns that change, over the row that is stored."""

        def value(name: str) -> exp.Expression:
            assert self.entity is not None
            where = conjunction(locate(self.context, self.own, ROW))
            found = values[name].copy() if name in values else column(ROW, name)
            return scalar_query(found, [table_of(self.entity, ROW)], where)

        return value

    def after(self) -> tuple[Statement, ...]:
        """Return the statements that follow the change of the row."""
        return self.opened(*self.written())

    def remembered(self, after: Iterable[Statement]) -> tuple[Statement, ...]:
        """Return what keeps the row as it was, as far as the statements `after` look at it."""
        assert self.entity is not None
        names = dict.fromkeys(
            each.name for tree in _trees(after) for each in tree.find_all(exp.Column) if each.table == _OLD
        )
        if not names:
            return ()
        row = query(
            [column(ROW, name) for name in names],
            [table_of(self.entity, ROW)],
            locate(self.context, self.own, ROW),
        )
        return self.opened(Run(row, (_OLD,)))

    def told(self, signature: Signature) -> tuple[Statement, ...]:
        """Return what writes the events, from the row in the body."""
        return tuple(emit(self.context, self.hook, self.entity, signature, self.key))

    def behind(self, name: str, value: Callable[[str], exp.Expression]) -> Held:
        """Return the row that a reference leads to."""
        assert self.entity is not None
        return held_behind(self.context, self.entity, name, value)


def hooked_create(
    context: Context, resource: Resource, entity: Entity, key: Iterable[exp.Expression]
) -> Hooked | None:
    """Return the hooks of create; None without any. A bare name is a column of the new row."""
    hook = resource.hook("create")
    if hook is None:
        return None
    found = Hooked(
        context, hook, entity, _bound(hook), key=tuple(key), asked=context.scope.at(entity.name, ROW)
    )
    return _reaching(found, found.column_before)


def hooked_update(
    context: Context,
    resource: Resource,
    entity: Entity,
    key: Iterable[exp.Expression],
    settle: Callable[[exp.Expression], exp.Expression],
) -> Hooked | None:
    """Return the hooks of update; None without any. A bare name is a column of the row after, `old` the row before."""
    hook = resource.hook("update")
    if hook is None:
        return None
    asked = context.scope.change(entity.name, old=ROW, new=AFTER, row=AFTER)
    old = Row(entity, _OLD)
    found = Hooked(context, hook, entity, _bound(hook), old=old, key=tuple(key), asked=asked, settle=settle)
    return _reaching(found, found.column_before)


def hooked_delete(
    context: Context, resource: Resource, entity: Entity, key: Iterable[exp.Expression]
) -> Hooked | None:
    """Return the hooks of delete; None without any. A bare name is a column of the row, `old` the row once it is gone."""
    hook = resource.hook("delete")
    if hook is None:
        return None
    asked, old = context.scope.at(entity.name, ROW), Row(entity, _OLD)
    found = Hooked(context, hook, entity, _bound(hook), old=old, key=tuple(key), asked=asked)
    return _reaching(found, old.column, gone=True)


def _bound(hook: Hook) -> str:
    return f"{hook.entity}.{hook.action}"


def _reaching(hooked: Hooked, value: Callable[[str], exp.Expression], *, gone: bool = False) -> Hooked:
    """Return the hooks with the rows that their statements name."""
    names = dict.fromkeys(each.row for each in hooked.body.statements if each.row is not None)
    held = {name: hooked.behind(name, value) for name in names}
    return replace(hooked, rows={**({} if gone else {THIS: hooked.own}), **held})


def _trees(statements: Iterable[Statement]) -> Iterator[exp.Expression]:
    for each in statements:
        match each:
            case Assign(value=value):
                yield value
            case Run(query=found):
                yield found
            case When(condition=condition, then=then, otherwise=otherwise):
                yield condition
                yield from _trees((*then, *otherwise))
            case Guarded(body=body, refused=refused):
                yield from _trees((*body, *refused))
            case ForEach(query=found, body=body):
                yield found
                yield from _trees(body)
