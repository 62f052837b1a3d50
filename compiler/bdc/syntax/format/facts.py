"""What the formatter must know of the tree: where items begin, and which brackets and signs belong to what is before them.

Everything is said in offsets, because the formatter walks over tokens and not over the tree.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import Enum, auto

from bdc.syntax import ast


class Separator(Enum):
    """What stands between the items of a block on one line. Broken, each has its own line, without commas."""

    GAP = auto()
    COMMA = auto()


@dataclass(slots=True)
class Facts:
    """`items`: how items that begin at an offset are separated. `tight`: offsets after which `(` or `[` follows without a
    blank. `minus`: offsets after which a minus is a subtraction. `after_head`: offsets just after the one word that begins an
    item which is no node (`bds`, `module`, the `else` of a field rule)."""

    items: dict[int, Separator] = field(default_factory=dict)
    tight: set[int] = field(default_factory=set)
    minus: set[int] = field(default_factory=set)
    after_head: set[int] = field(default_factory=set)


# In a job, whose own entries are settings.
_STATEMENTS = (ast.UpdateItem, ast.UpdateWhereItem, ast.WriteItem, ast.EmitItem)
_SETTINGS = (
    ast.GraphQLItem,
    ast.ProfileItem,
    ast.BearerItem,
    ast.PasswordItem,
    ast.MemberItem,
    ast.DeployDecl,
    ast.ExternalDecl,
    ast.JobDecl,
    ast.WebhooksDecl,
    ast.AuditDecl,
    ast.StreamDecl,
    ast.SourceDecl,
)
_COMMAS = (ast.EnumValue, ast.InputMember)
_ITEMS = (
    ast.FieldDecl,
    ast.KeyDecl,
    ast.UniqueDecl,
    ast.IndexDecl,
    ast.CheckDecl,
    ast.ExcludeDecl,
    ast.DroppedDecl,
    ast.PartitionDecl,
    ast.PolicyBlock,
    ast.SqlBlock,
    ast.Transition,
    ast.AuthItem,
    ast.LimitItem,
    ast.GraphQLItem,
    ast.ProfileItem,
    ast.ResourceDecl,
    ast.OperationDecl,
    ast.OpsItem,
    ast.PageItem,
    ast.FilterItem,
    ast.SearchItem,
    ast.NearestItem,
    ast.SortItem,
    ast.ExpandItem,
    ast.ShowItem,
    ast.InputItem,
    ast.ListItem,
    ast.HookDecl,
    ast.ErrorsItem,
    ast.EmitsItem,
    ast.AllowItem,
    ast.SetItem,
    ast.RequireItem,
    ast.UpdateItem,
    ast.WriteItem,
    ast.UpdateWhereItem,
    ast.DeleteWhereItem,
    ast.EmitItem,
    ast.CallItem,
    ast.CallsItem,
    ast.EnqueueItem,
    ast.ExternalAuth,
    ast.ScopeRule,
    ast.AccessRule,
    ast.FieldRule,
    ast.FieldGrant,
    ast.BearerItem,
    ast.ApiKeyItem,
    ast.ClaimItem,
    ast.PasswordItem,
    ast.IssueItem,
    ast.SignUpItem,
    ast.ActiveItem,
    ast.MemberItem,
    ast.RolesItem,
    ast.LoadEntry,
    ast.DeployTarget,
    ast.SeedRow,
    ast.GivenStep,
    ast.AsStep,
    ast.DoStep,
    ast.ExpectAccess,
    ast.ExpectError,
    ast.ExpectValue,
    ast.ExpectEvent,
    ast.ReceiveStep,
    ast.ClockStep,
    ast.LaterStep,
    ast.RunStep,
    ast.Use,
)


def facts_of(tree: ast.SourceTree) -> Facts:
    """Walk the tree once."""
    facts = Facts()
    facts.after_head |= {node.span.start for node in (tree.edition, tree.module) if node is not None}
    for attribute in tree.attributes:
        _walk(attribute, facts, settings=False)
    for declaration in (*tree.uses, *tree.declarations):
        facts.items[declaration.span.start] = Separator.GAP
        _walk(declaration, facts, settings=False)
    return facts


def _walk(node: ast.Node, facts: Facts, *, settings: bool) -> None:
    settings = (settings or isinstance(node, _SETTINGS)) and not isinstance(node, _STATEMENTS)
    separator = _separator(node, settings)
    if separator is not None:
        facts.items.setdefault(node.span.start, separator)
    _note(node, facts)
    if isinstance(node, ast.CompensatedItem):
        # What undoes a step stands behind it.
        _note(node.undo, facts)
        for child in (node.step, *_children(node.undo)):
            _walk(child, facts, settings=settings)
        return
    for child in _children(node):
        _walk(child, facts, settings=settings)


def _separator(node: ast.Node, settings: bool) -> Separator | None:
    if isinstance(node, _ITEMS):
        return Separator.GAP
    if isinstance(node, _COMMAS):
        return Separator.COMMA
    if isinstance(node, ast.Entry):
        return Separator.GAP if settings else Separator.COMMA
    return None


def _note(node: ast.Node, facts: Facts) -> None:
    """Write down what the signs around this node mean."""
    if isinstance(node, ast.Call):
        facts.tight.add(node.function.span.end)
    elif isinstance(node, ast.NamedType | ast.Attribute | ast.Filter | ast.Expand | ast.OperatorClass):
        facts.tight.add(node.path.span.end)
    elif isinstance(node, ast.OperationDecl | ast.JobDecl):
        facts.tight.add(node.name.span.end)
    elif isinstance(node, ast.EnqueueItem):
        facts.tight.add(node.job.span.end)
    elif isinstance(node, ast.CallItem):
        facts.tight.add(node.operation.span.end)
    elif isinstance(node, ast.PageItem):
        facts.tight.add(node.kind.span.end)
    elif isinstance(node, ast.SearchItem):
        facts.tight.add(node.span.start + len("search"))
    elif isinstance(node, ast.Aggregate):
        facts.tight.add(node.span.start + len(node.function))
    elif isinstance(node, ast.Arithmetic):
        facts.minus.add(node.left.span.end)
    elif isinstance(node, ast.FieldRule) and node.otherwise is not None:
        facts.after_head.add(node.otherwise.span.start)
    elif isinstance(node, ast.TypeExpr) and node.array:
        facts.tight.add(node.bases[-1].span.end)


def _children(node: ast.Node) -> Iterator[ast.Node]:
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, ast.Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, ast.Node))
