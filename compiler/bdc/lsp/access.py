"""What the policies say, for hovers and other readers: roles per action, and the SQL of a rule."""

from bdc.ir import SystemIR
from bdc.policy.expression_text import in_words
from bdc.policy.matrix import Verdict, matrix_of


def who_may(system: SystemIR, entity: str) -> str:
    """Return a Markdown table: what each role may do with rows of an entity."""
    matrix = matrix_of(system)
    lines = ["| action | always | on a condition |", "|---|---|---|"]
    for action in matrix.actions(entity):
        cells = matrix.of(entity, action)
        always = [f"`{cell.role}`" for cell in cells if cell.verdict is Verdict.ALWAYS]
        on = [f"`{cell.role}`: {cell.condition}" for cell in cells if cell.verdict is Verdict.CONDITIONALLY]
        if always or on:
            lines.append(f"| {action} | {', '.join(always) or '–'} | {'; '.join(on) or '–'} |")
    return "\n".join(lines) if len(lines) > 2 else "No role may do anything with these rows."


def scope_words(system: SystemIR, entity: str) -> str:
    policy = system.policy(entity)
    return in_words(policy.scope) if policy is not None and policy.scope is not None else ""


def readers(system: SystemIR, entity: str, field: str) -> str:
    """Return the roles in the `read` rule of a field; nothing without such a rule."""
    policy = system.policy(entity)
    rule = next((each for each in policy.fields if each.field == field), None) if policy is not None else None
    if rule is None:
        return ""
    parts = []
    for verb, grant in (("read", rule.read), ("written", rule.write)):
        if grant is not None:
            when = f" when {in_words(grant.condition)}" if grant.condition is not None else ""
            parts.append(f"{verb} by {', '.join(f'`{role}`' for role in grant.roles)}{when}")
    return "Can be " + "; ".join(parts) if parts else ""


def rule_sql(system: SystemIR, entity: str, line: int, file: str) -> list[tuple[str, str]]:
    """Return `(action, SQL)` of the rule or scope of an entity that is written at a line: what every statement asks of a row."""
    from bdc.query.policy import Policies
    from bdc.query.scope import Scope
    from bdc.query.trees import print_sql

    policy = system.policy(entity)
    if policy is None:
        return []
    policies, scope = Policies(system), Scope(system).change(entity, old="old", new="new")
    found: list[tuple[str, str]] = []
    for rule in policy.rules:
        if (rule.origin.file, rule.origin.line) != (file, line):
            continue
        for action in rule.actions:
            for each in policies.rules(scope, entity, action):
                if each.rule_id == rule.id:
                    found.append((action, print_sql(each.tree)))
    return found


def scope_sql(system: SystemIR, entity: str) -> str:
    """Return the SQL of the scope of an entity."""
    from bdc.query.policy import Policies
    from bdc.query.scope import Scope
    from bdc.query.trees import print_sql

    return print_sql(Policies(system).scope_of(Scope(system).at(entity, system.entity(entity).table), entity))
