"""`ops restore`: rows that were marked as deleted appear again."""

from collections.abc import Iterator

from bdc import ir
from bdc.ir.restoring import RESTORE
from bdc.model.nodes.api import Operation
from bdc.model.nodes.entity import Entity, ScalarField
from bdc.syntax import ast


def restorable(entity: Entity) -> bool:
    """Say whether rows are marked when they are deleted, so that they can appear again."""
    return any(isinstance(field, ScalarField) and field.stamp is ir.Stamp.DELETED for field in entity.fields)


def is_restoring(entity: Entity, operation: Operation) -> bool:
    """Say whether an operation is `restore` without a body: where no machine has a transition of that name, it restores its row."""
    bare = not (operation.handler or operation.states or operation.parameters) and operation.sql is None
    return operation.name == RESTORE and bare and restorable(entity)


def restoring(declared: ast.ResourceDecl, entity: Entity) -> Iterator[ast.OperationDecl]:
    """Yield the operation that `ops restore` stands for: `op restore() -> Entity`."""
    named = (name for item in declared.items if isinstance(item, ast.OpsItem) for name in item.names)
    for name in named:
        if name.text == RESTORE and restorable(entity):
            row = ast.Path((ast.Name(entity.name, span=name.span),), span=name.span)
            returns = ast.TypeExpr((ast.NamedType(row, span=name.span),), span=name.span)
            yield ast.OperationDecl(name, returns=returns, span=name.span)
