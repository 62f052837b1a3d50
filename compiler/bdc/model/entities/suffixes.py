"""`@unique_suffix`: a default that another row has already gets a suffix."""

from bdc import ir
from bdc.model.attributes import is_field_attribute
from bdc.model.context import ResolveContext
from bdc.model.errors.types import MisplacedAttribute
from bdc.model.expressions.rows import mentions_row
from bdc.model.nodes.entity import Entity, ScalarField
from bdc.model.typing.types import TEXT
from bdc.syntax import ast

_SHORTEST = 16


def with_suffix(context: ResolveContext, entity: Entity, field: ScalarField, default: ir.Expr) -> ir.Expr:
    """Return the default, as the call that makes it unique where that is written; report what cannot be."""
    attribute = suffix_attribute(field)
    if attribute is None:
        return default
    why = _against(entity, field, default)
    if why:
        context.report(MisplacedAttribute("unique_suffix", why, attribute.span))
        return default
    place = ir.Literal(value=f"{entity.name}.{field.name}", type=TEXT)
    return ir.Call(
        function="unique_suffix",
        arguments=(default, place, *_tenant(entity)),
        type=TEXT,
        nullable=default.nullable,
    )


def suffix_attribute(field: ScalarField) -> ast.Attribute | None:
    """Return `@unique_suffix` of a field."""
    written = field.declared.attributes
    return next((each for each in written if is_field_attribute(each, "unique_suffix")), None)


def _against(entity: Entity, field: ScalarField, default: ir.Expr) -> str:
    """Return why the values of a field cannot be made unique; '' when they can."""
    logical = field.type
    if not isinstance(logical, ir.ScalarType) or logical.scalar not in (ir.Scalar.STRING, ir.Scalar.TEXT):
        return "it is for texts"
    if field.encrypted:
        return "an encrypted value cannot be compared"
    if logical.max_length is not None and logical.max_length < _SHORTEST:
        return f"a value and its suffix need {_SHORTEST} characters"
    if field.name in entity.key:
        return "the key is decided before the row is written"
    if not mentions_row(default):
        return "its default is made of no other field: `= slugify(title)`"
    if not _is_unique(entity, field):
        return "two rows may have one value: write `@unique`, or `unique (…)` with the tenant"
    return ""


def _is_unique(entity: Entity, field: ScalarField) -> bool:
    """Whether no two rows of a tenant have one value, as it is written."""
    alone = ({field.name}, {field.name, entity.tenant})
    written = (each for each in entity.members if isinstance(each, ast.UniqueDecl) and each.where is None)
    return field.unique or any({_name(column) for column in each.columns} in alone for each in written)


def _name(column: ast.Column) -> str:
    return column.key.text if isinstance(column.key, ast.Path) else ""


def _tenant(entity: Entity) -> tuple[ir.Expr, ...]:
    if entity.tenant is None:
        return ()
    target = entity.find(entity.tenant)
    assert target is not None
    name = getattr(target, "target", "")
    step = ir.PathStep(field=entity.tenant, entity=entity.name)
    return (ir.Path(root=ir.Root.ROW, steps=(step,), type=ir.EntityType(name=name)),)
