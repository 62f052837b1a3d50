"""`@domain("name")`: a type whose constraints PostgreSQL holds once, for every column of it."""

from bdc import ir
from bdc.ddl.names import Name, qualified
from bdc.model.attributes import Attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.types import AttributeArgument, MisplacedAttribute
from bdc.model.nodes.domain import Domain
from bdc.model.nodes.entity import SqlExpression
from bdc.model.typing.types import describe
from bdc.syntax import ast


def as_domain(
    context: ResolveContext, declared: ast.TypeAliasDecl, type_: ir.Type, attributes: Attributes
) -> ir.Type:
    """Return the type, of the domain that its attributes name; keep the domain."""
    found = attributes.get("domain")
    if found is None:
        for misplaced in ("not_null", "schema"):
            if attributes.has(misplaced):
                why = "there is no `@domain`"
                context.report(MisplacedAttribute(misplaced, why, attributes.by_name[misplaced].span))
        return type_
    if not isinstance(type_, ir.ScalarType):
        why = f"a domain is one value, and this is `{describe(type_)}`"
        context.report(MisplacedAttribute("domain", why, found.span))
        return type_
    name, checks = _argument(found, context)
    if name is None:
        usage = attributes.usages["domain"]
        context.report(
            AttributeArgument(
                "domain", "expects its name, and may have checks in `sql(…)`", usage, found.span
            )
        )
        return type_
    schema = attributes.text("schema")
    context.domains[declared.name.text] = Domain(
        declared.name.text,
        declared.name.span,
        declared.doc,
        name,
        schema,
        type_,
        attributes.has("not_null"),
        checks,
    )
    return type_.model_copy(update={"db": qualified(Name(name, schema)), "domain": declared.name.text})


def _argument(
    attribute: ast.Attribute, context: ResolveContext
) -> tuple[str | None, tuple[ir.DomainCheck, ...]]:
    checks: list[ir.DomainCheck] = []
    name = None
    for number, argument in enumerate(attribute.arguments):
        match argument.value:
            case ast.StringLiteral(value=text) if number == 0 and argument.name is None:
                name = text
            case (
                ast.Call(arguments=(ast.Argument(value=ast.StringLiteral(value=text, span=span)),)) as call
            ) if number > 0 and call.function.text == "sql":
                own = argument.name.text if argument.name is not None else None
                checks.append(ir.DomainCheck(name=own, sql=text))
                context.sql_expressions.append(
                    SqlExpression(text, span, None, "a check of a domain", domain=True)
                )
            case _:
                return None, ()
    return name, tuple(checks)
