"""Claims of an identity as they are written, and the header that its API keys come in."""

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.model.errors.names import DuplicateMember
from bdc.model.errors.types import BadSetting, TypeMismatch
from bdc.model.nodes.entity import Entity, ScalarField
from bdc.model.nodes.values import Entry
from bdc.model.typing.types import TEXT, describe
from bdc.model.typing.written import resolve_type
from bdc.syntax import ast


def key_type(entity: Entity) -> str:
    """Return how the type of an entity's key is written; `uuid` where it has no key of one field."""
    field = entity.find(entity.key[0]) if len(entity.key) == 1 else None
    return describe(field.type).partition("(")[0] if isinstance(field, ScalarField) else "uuid"


def key_header(context: ResolveContext, declared: ast.IdentityDecl) -> str | None:
    for item in declared.items:
        if not isinstance(item, ast.ApiKeyItem):
            continue
        arguments = item.source.arguments
        if item.source.function.text == "header" and len(arguments) == 1:
            name = arguments[0].value
            if isinstance(name, ast.StringLiteral):
                if name.value.lower() == "authorization" and _takes_tokens(declared):
                    wanted = 'a header without tokens in it, `header("x-api-key")`'
                    context.report(BadSetting("api_key", wanted, item.span))
                return name.value.lower()
        context.report(BadSetting("api_key", 'the header it is sent in, `header("x-api-key")`', item.span))
    return None


def _takes_tokens(declared: ast.IdentityDecl) -> bool:
    return any(isinstance(item, ast.BearerItem) for item in declared.items)


def claims_of(context: ResolveContext, declared: ast.IdentityDecl) -> list[tuple[Entry, str]]:
    found: dict[str, tuple[Entry, str]] = {}
    for item in declared.items:
        if not isinstance(item, ast.ClaimItem):
            continue
        typed = resolve_type(context, item.type)
        if typed is None:
            continue
        name = item.name.text
        entry = Entry(name=name, span=item.name.span, type=typed.type, nullable=typed.nullable, doc=item.doc)
        if name in found:
            context.report(DuplicateMember("claim", name, "the identity", entry.span, found[name][0].span))
        found.setdefault(name, (entry, item.source.value))
        if not is_plain(typed.type):
            context.report(TypeMismatch("a scalar, or a list of texts", describe(typed.type), item.type.span))
    return list(found.values())


def is_plain(type_: ir.Type) -> bool:
    if isinstance(type_, ir.ArrayType):
        return type_.item in (TEXT, ir.ScalarType(scalar=ir.Scalar.STRING))
    return isinstance(type_, ir.ScalarType) and type_.scalar not in (ir.Scalar.JSON, ir.Scalar.BYTES)
