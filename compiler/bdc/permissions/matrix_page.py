"""The permission matrix for people: text, HTML and data."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from bdc.ir import SystemIR
from bdc.policy.matrix import MatrixRow, Verdict, matrix_of

_MARKS = {Verdict.ALWAYS: "yes", Verdict.CONDITIONALLY: "if", Verdict.NEVER: "–"}


def cells(system: SystemIR, entity: str | None = None) -> tuple[MatrixRow, ...]:
    """Return the cells of a system, or of one entity."""
    return tuple(row for row in matrix_of(system).rows if entity is None or row.entity == entity)


def as_text(system: SystemIR, entity: str | None = None) -> str:
    """Return a table per entity: actions by roles, and the conditions below."""
    return "\n".join(_block(name, rows) for name, rows in _grouped(cells(system, entity)))


def _grouped(rows: Iterable[MatrixRow]) -> Iterator[tuple[str, list[MatrixRow]]]:
    groups: dict[str, list[MatrixRow]] = {}
    for row in rows:
        groups.setdefault(row.entity or "operations outside resources", []).append(row)
    yield from groups.items()


def _block(name: str, rows: list[MatrixRow]) -> str:
    roles = list(dict.fromkeys(row.role for row in rows))
    actions = list(dict.fromkeys(row.action for row in rows))
    known = {(row.action, row.role): row for row in rows}
    first = max(len(action) for action in actions)
    scope = next((f"  (rows: {row.scope})" for row in rows if row.scope), "")
    lines = [f"{name}{scope}", "  " + " " * first + "  " + "  ".join(roles)]
    notes: dict[str, int] = {}
    for action in actions:
        marks = []
        for role in roles:
            row = known.get((action, role))
            mark = "" if row is None else _MARKS[row.verdict]
            if row is not None and row.condition:
                mark += f"[{notes.setdefault(row.condition, len(notes) + 1)}]"
            marks.append(mark.ljust(len(role)))
        lines.append(f"  {action.ljust(first)}  {'  '.join(marks)}".rstrip())
    lines += [f"  [{number}] {condition}" for condition, number in notes.items()]
    return "\n".join(lines) + "\n"


def as_data(system: SystemIR, entity: str | None = None) -> list[dict[str, Any]]:
    """Return the cells as data."""
    return [
        {
            "entity": row.entity,
            "action": row.action,
            "role": row.role,
            "by_relation": row.by_relation,
            "verdict": row.verdict.value,
            "condition": row.condition or None,
            "scope": row.scope or None,
            "rules": list(row.rules),
            "denied_by": list(row.denied_by),
        }
        for row in cells(system, entity)
    ]


_STYLE = """
:root { color-scheme: light dark; --line: #8884; --yes: #1a7f37; --if: #9a6700; --no: #8888; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h2 { margin: 2rem 0 .3rem; font-size: 1.1rem; } p { margin: .2rem 0; }
.wide { overflow-x: auto; } table { border-collapse: collapse; } th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; }
.always { color: var(--yes); font-weight: 600; } .conditionally { color: var(--if); } .never { color: var(--no); }
code { font-size: .85em; }
"""


def as_html(system: SystemIR, entity: str | None = None) -> str:
    """Return a page that needs nothing else: no script, no network."""
    body = "".join(_section(name, rows) for name, rows in _grouped(cells(system, entity)))
    title = f"Permissions of {escape(system.title)}"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n'
        f"<body><h1>{title}</h1>\n{body}</body></html>\n"
    )


def _section(name: str, rows: list[MatrixRow]) -> str:
    roles = list(dict.fromkeys(row.role for row in rows))
    known = {(row.action, row.role): row for row in rows}
    scope = next((f"<p>Rows: <code>{escape(row.scope)}</code></p>" for row in rows if row.scope), "")
    head = "".join(f'<th scope="col">{escape(role)}</th>' for role in roles)
    lines = "".join(
        f'<tr><th scope="row">{escape(action)}</th>{"".join(_cell(known.get((action, role))) for role in roles)}</tr>\n'
        for action in dict.fromkeys(row.action for row in rows)
    )
    return (
        f"<h2>{escape(name)}</h2>{scope}<div class=wide><table><thead><tr><th scope=col>action</th>{head}</tr></thead>"
        f"<tbody>\n{lines}</tbody></table></div>\n"
    )


def _cell(row: MatrixRow | None) -> str:
    if row is None:
        return "<td></td>"
    words = f"<br><code>{escape(row.condition)}</code>" if row.condition else ""
    rules = f' title="{escape(", ".join((*row.rules, *row.denied_by)))}"' if row.rules else ""
    return f'<td class="{row.verdict.value}"{rules}>{row.verdict.value}{words}</td>'
