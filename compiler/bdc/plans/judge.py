"""Plans read: which nodes scan or sort much, and which index would serve instead."""

from collections.abc import Iterator
from dataclasses import field
from typing import Any

from bdc.ir import ReferenceField, SystemIR
from bdc.plans.requests import Request
from bdc.source.records import dataclass

BIG = 100_000  # rows of a table that no request may scan
MANY = 10_000  # rows that no request may sort
DEAR = 50_000  # cost of a plan that reads much to find little


@dataclass(frozen=True, slots=True)
class Problem:
    """`kind`: scan, sort or cost; `rows`: how many are read or sorted."""

    kind: str
    table: str
    rows: int

    @property
    def words(self) -> str:
        if self.kind == "cost":
            return f"reads many of the {self.rows:,} rows of `{self.table}` to find a few"
        verb = "scans all rows of" if self.kind == "scan" else "sorts rows of"
        return f"{verb} `{self.table}` ({self.rows:,} rows)" if self.table else f"sorts {self.rows:,} rows"


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan of one request. `index`: the line that would serve, with the cost that it leads to."""

    request: Request
    cost: float
    plan: dict[str, Any] = field(repr=False)
    problems: tuple[Problem, ...] = ()
    index: str = ""
    cost_with_index: float | None = None


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every node of a plan, from the top."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def problems(plan: dict[str, Any], rows: dict[str, int]) -> tuple[Problem, ...]:
    """Return what a plan reads or sorts too much of. `rows`: of each table, by its name."""
    found: list[Problem] = []
    for node in nodes(plan):
        kind = node["Node Type"]
        table = node.get("Relation Name", "")
        if kind == "Seq Scan" and rows.get(table, 0) >= BIG:
            found.append(Problem("scan", table, rows[table]))
        if kind in ("Sort", "Incremental Sort"):
            below = node.get("Plans", [{}])[0]
            many = int(below.get("Plan Rows", 0))
            partial = kind == "Incremental Sort"
            if many >= MANY and not partial:
                found.append(Problem("sort", _table_below(node), many))
    if not found and plan["Total Cost"] >= DEAR:
        table = max(
            (each for each in map(_name, nodes(plan)) if each in rows), key=rows.__getitem__, default=""
        )
        if table:
            found.append(Problem("cost", table, rows[table]))
    return tuple(dict.fromkeys(found))


def _name(node: dict[str, Any]) -> str:
    return str(node.get("Relation Name", ""))


def _table_below(node: dict[str, Any]) -> str:
    return next((each["Relation Name"] for each in nodes(node) if "Relation Name" in each), "")


def index_for(system: SystemIR, request: Request) -> str:
    """Return the line of the entity that would serve a request: tenant, equal fields, the order or the range."""
    entity = system.entity(request.entity)
    stored = {
        each.name
        for each in entity.fields
        if isinstance(each, ReferenceField) or getattr(each, "column", None)
    }
    parts = [entity.tenant] if entity.tenant else []
    parts += [name for name in request.equal if name in stored]
    if request.ranged:
        parts += [name for name in request.ranged if name in stored]
    else:
        for each in request.ordered:
            name = each.removeprefix("-")
            if name in stored and name not in parts:
                parts.append(f"{name} desc" if each.startswith("-") else name)
    if request.operation != "list" or len(parts) <= (1 if entity.tenant else 0):
        return ""
    return f"index ({', '.join(parts)})"


def columns_of(system: SystemIR, request: Request, index: str) -> list[str]:
    """Return the columns of an index line as SQL keys."""
    entity = system.entity(request.entity)
    keys = []
    for part in index.removeprefix("index (").removesuffix(")").split(", "):
        name, _, direction = part.partition(" ")
        found = entity.field(name)
        column = found.columns[-1] if isinstance(found, ReferenceField) else getattr(found, "column", name)
        keys.append(f'"{column}"{f" {direction}" if direction else ""}')
    return keys


def as_text(plan: dict[str, Any], depth: int = 0) -> str:
    """Return a plan as an indented tree: node, table or index, rows, cost, conditions."""
    where = plan.get("Index Name") or plan.get("Relation Name") or plan.get("Function Name") or ""
    head = f"{'  ' * depth}{plan['Node Type']}{f' {where}' if where else ''}  rows={plan['Plan Rows']:,} cost={plan['Total Cost']:,.1f}"
    names = ("Index Cond", "Recheck Cond", "Filter", "Sort Key")
    told = [f"{'  ' * depth}    {name}: {_short(plan[name])}" for name in names if name in plan]
    return "\n".join([head, *told, *(as_text(child, depth + 1) for child in plan.get("Plans", ()))])


def _short(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return text if len(text) <= 160 else text[:159] + "…"
