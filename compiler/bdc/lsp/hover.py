"""Hovers: how a name is declared, what its documentation says, what the database holds for it, and which roles may do what."""

from lsprotocol import types as lsp

from bdc.ir import ComputedField, ReferenceField, ScalarField, SystemIR
from bdc.lsp import access
from bdc.lsp.positions import to_range
from bdc.lsp.symbols import Target
from bdc.lsp.workspace import Names, Workspace
from bdc.source import SourceFile
from bdc.syntax import ast


def hover(workspace: Workspace, path: str, offset: int) -> lsp.Hover | None:
    """Return what is known about the name, or the rule of a policy, at an offset."""
    names = workspace.names()
    file = names.files.get(path)
    if file is None:
        return None
    system = workspace.last_good.system if workspace.last_good is not None else None
    found = names.at(path, offset)
    if found is not None:
        text = _about(names, found.target, system)
        return _markdown(text, to_range(file, found.span)) if text else None
    rule = _rule_at(names, path, offset)
    if rule is not None and system is not None:
        text = _about_rule(system, rule[0], rule[1], file)
        return _markdown(text, to_range(file, rule[1].span)) if text else None
    return None


def _markdown(text: str, range_: lsp.Range) -> lsp.Hover:
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text), range_)


def _about(names: Names, target: Target, system: SystemIR | None) -> str:
    parts = [f"```bds\n{headline(names, target)}\n```"]
    doc = _doc(names, target)
    if doc:
        parts.append(doc)
    if system is not None:
        parts += _known_by_system(names, target, system)
    return "\n\n".join(parts)


def headline(names: Names, target: Target) -> str:
    """Return the first line of the declaration of a target, as it is written."""
    span = names.symbols.spans.get(target)
    node = names.symbols.declared.get(target) or _member_node(names, target)
    at = node.span if node is not None else span
    if at is None:
        return f"{target.kind} {target.name}"
    file = names.files[at.file]
    text = file.text[at.start : at.end]
    if target.kind == "parameter" or isinstance(node, ast.FieldDecl):
        return " ".join(text.split())
    return text.split("{")[0].split("\n")[0].strip()


def _member_node(names: Names, target: Target) -> ast.Node | None:
    for members in names.symbols.members.values():
        found = members.get(target.name)
        if found is not None and found.target == target:
            return found.node
    return None


def _doc(names: Names, target: Target) -> str:
    node = names.symbols.declared.get(target) or _member_node(names, target)
    return str(getattr(node, "doc", "") or "")


def _known_by_system(names: Names, target: Target, system: SystemIR) -> list[str]:
    if target.kind in ("entity", "view"):
        return _about_entity(system, target.name)
    if target.kind == "field":
        owner = target.owner.rsplit(".", 1)[-1]
        return _about_field(system, owner, target.name)
    if target.kind == "role":
        return _about_role(system, target.name)
    if target.kind == "operation":
        return _about_operation(system, target.owner, target.name)
    return []


def _about_entity(system: SystemIR, name: str) -> list[str]:
    try:
        entity, table = system.entity(name), system.table_of(name)
    except KeyError:
        return []
    scope = access.scope_words(system, name)
    parts = [f"Table `{table.name}`, {len(table.columns)} columns" + (f". Rows: `{scope}`" if scope else "")]
    return parts if entity.unguarded else [*parts, access.who_may(system, name)]


def _about_field(system: SystemIR, owner: str, name: str) -> list[str]:
    from bdc.schema.column_types import column_type

    try:
        entity, table = system.entity(owner), system.table_of(owner)
        field = entity.field(name)
    except KeyError:
        return []
    parts: list[str] = []
    if isinstance(field, ScalarField | ReferenceField) or (isinstance(field, ComputedField) and field.column):
        wanted = {field.column} | {part.column for part in getattr(field, "embedded", ())}
        for column in table.columns:
            if column.name in wanted:
                null = "null" if column.nullable else "not null"
                parts.append(f"Column `{table.name}.{column.name}` `{column_type(column)}` {null}")
    marks = [
        mark
        for mark in ("encrypted", "pii", "readonly", "immutable", "hidden")
        if getattr(field, mark, False)
    ]
    if marks:
        parts.append(", ".join(marks))
    readers = access.readers(system, owner, name)
    return [*parts, readers] if readers else parts


def _about_role(system: SystemIR, name: str) -> list[str]:
    try:
        role = system.role(name)
    except KeyError:
        return []
    if role.entity is not None:
        return [f"Held on rows of `{role.entity}` where its condition is true, by any caller."]
    others = [each for each in role.granted_by if each != name]
    return [f"Callers with {', '.join(f'`{each}`' for each in others)} hold it too."] if others else []


def _about_operation(system: SystemIR, entity: str, name: str) -> list[str]:
    from bdc.policy.matrix import Verdict, matrix_of

    cells = matrix_of(system).of(entity or None, name)
    able = [
        f"`{cell.role}`" + (f" when {cell.condition}" if cell.condition else "")
        for cell in cells
        if cell.verdict is not Verdict.NEVER
    ]
    return [f"Allowed to: {'; '.join(able)}"] if able else []


def _rule_at(names: Names, path: str, offset: int) -> tuple[str, ast.ScopeRule | ast.AccessRule] | None:
    tree = names.trees.get(path)
    for declaration in tree.declarations if tree is not None else ():
        if (
            isinstance(declaration, ast.PolicyDecl)
            and declaration.span.start <= offset <= declaration.span.end
        ):
            for rule in declaration.rules:
                inside = rule.span.start <= offset <= rule.span.end
                if inside and isinstance(rule, ast.ScopeRule | ast.AccessRule):
                    return declaration.entities[0].text, rule
    return None


def _about_rule(system: SystemIR, entity: str, rule: ast.ScopeRule | ast.AccessRule, file: SourceFile) -> str:
    if system.policy(entity) is None:
        return ""
    if isinstance(rule, ast.ScopeRule):
        return f"Every statement asks of a row:\n\n```sql\n{access.scope_sql(system, entity)}\n```"
    found = access.rule_sql(system, entity, file.position(rule.span.start).line, file.path)
    return "\n\n".join(f"**{action}**\n\n```sql\n{sql}\n```" for action, sql in found)
