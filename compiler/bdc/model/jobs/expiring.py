"""`@expires(at, 30d)`: rows that are older are deleted by a job of that entity, once an hour."""

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.model.errors.jobs import UnfitJob
from bdc.model.expressions import Place, Scope, condition
from bdc.model.jobs.schedules import seconds
from bdc.model.nodes.entity import Entity, ScalarField
from bdc.model.nodes.job import Job, JobStatement
from bdc.source import Span
from bdc.syntax import ast

_EVERY = 3600
_LONGEST = 100 * 366 * 86_400
_PLACE = Place("`@expires`")


def resolve_expiring(context: ResolveContext) -> None:
    """Add a job for each entity whose rows expire. It is called `Expire<Entity>`."""
    for declared in context.declarations():
        if isinstance(declared, ast.EntityDecl):
            found = next((each for each in declared.attributes if each.name == "expires"), None)
            entity = context.entities.get(declared.name.text)
            if found is not None and entity is not None:
                _expiring(context, entity, found)


def _expiring(context: ResolveContext, entity: Entity, attribute: ast.Attribute) -> None:
    match [each.value for each in attribute.arguments]:
        case [ast.Path() as field, ast.QuantityLiteral() as age]:
            pass
        case [ast.QuantityLiteral() as age]:
            field = _path(_created(entity), attribute.span)
        case _:
            _report(context, entity, attribute.span)
            return
    known = entity.find(field.text)
    if not isinstance(known, ScalarField) or not _is_time(known.type):
        _report(context, entity, field.span)
        return
    if seconds(context, age, "the age", 60, _LONGEST) is None:
        return
    name = f"Expire{entity.name}"
    if any(job.name == name for job in context.jobs):
        what = f"`{entity.name}` expires by a job `{name}`, and one is declared"
        context.report(UnfitJob(what, "", "give the declared job another name", attribute.span))
        return
    now = ast.Call(_path("now", age.span), span=age.span)
    older = ast.Compare("<", field, ast.Arithmetic("-", now, age, span=age.span), span=attribute.span)
    where = condition(older, Scope(context, _PLACE, entity.name))
    if where is not None:
        statement = JobStatement("delete", entity.name, where, (), attribute.span, attribute.span)
        doc = f"Rows of {entity.name} expire."
        context.jobs.append(
            Job(name=name, span=attribute.span, doc=doc, every=_EVERY, statements=(statement,))
        )


def _created(entity: Entity) -> str:
    """Return the field that says when a row was made; '' where none does."""
    stamped = (
        each.name
        for each in entity.fields
        if isinstance(each, ScalarField) and each.stamp is ir.Stamp.CREATED
    )
    return next(stamped, "")


def _is_time(type_: ir.Type) -> bool:
    return isinstance(type_, ir.ScalarType) and type_.scalar is ir.Scalar.TIMESTAMP


def _path(name: str, span: Span) -> ast.Path:
    return ast.Path((ast.Name(name, span=span),), span=span)


def _report(context: ResolveContext, entity: Entity, span: Span) -> None:
    times = [each.name for each in entity.fields if isinstance(each, ScalarField) and _is_time(each.type)]
    what = f"nothing says when a row of `{entity.name}` begins to age"
    help_ = f"name a timestamp and an age: `@expires({times[0] if times else 'at'}, 30d)`"
    context.report(UnfitJob(what, "expected a timestamp of the row", help_, span))
