"""Load and deploys: names found, units turned into bytes, seconds, cores and ratios."""

from collections.abc import Callable
from decimal import Decimal

from bdc.model.context import ResolveContext
from bdc.model.errors.names import DuplicateMember, UnknownDeclaration, UnknownSetting
from bdc.model.errors.types import BadSetting, Cycle
from bdc.model.expressions.literals import seconds
from bdc.model.names import BROKEN
from bdc.model.nodes.deploy import Deploy, LoadEntry, Target, Value
from bdc.model.nodes.policy import Word
from bdc.syntax import ast

_BYTES = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
Settings = dict[str, Value]
Reader = Callable[[ast.Expr], Settings | None]


def resolve_load(context: ResolveContext) -> None:
    found: dict[str, LoadEntry] = {}
    for declared in context.declarations():
        if not isinstance(declared, ast.LoadDecl):
            continue
        for entry in declared.entries:
            loaded = _load_entry(context, entry) if isinstance(entry, ast.LoadEntry) else None
            if loaded is None:
                continue
            first = found.setdefault(loaded.name, loaded)
            if first is not loaded:
                context.report(DuplicateMember("load", loaded.name, "the system", loaded.span, first.span))
    context.load.extend(found.values())


def _load_entry(context: ResolveContext, entry: ast.LoadEntry) -> LoadEntry | None:
    """Entities and apis are found in the whole system: a load says how much there is of all of it."""
    name = entry.path.text
    if entry.unit.text not in ("rows", "rps"):
        context.report(UnknownDeclaration("unit of load", entry.unit.text, entry.unit.span, ("rows", "rps")))
        return None
    kind = "rows" if entry.unit.text == "rows" else "rps"
    wanted = "entity" if kind == "rows" else "api"
    context.file(entry.span).find(name)
    known = tuple(sorted(context.entities)) if kind == "rows" else tuple(api.name for api in context.apis)
    if name not in known:
        if not _is_broken(context, name) and name not in context.file(entry.span).broken:
            context.report(UnknownDeclaration(wanted, name, entry.path.span, known))
        return None
    return LoadEntry(name, "rows" if kind == "rows" else "rps", entry.amount.value, entry.path.span)


def _is_broken(context: ResolveContext, name: str) -> bool:
    tables = context.names.modules.values()
    return any(name in table and table[name].kind == BROKEN for table in tables)


def resolve_deploys(context: ResolveContext) -> None:
    first: dict[str, Deploy] = {}
    for declared in context.declarations():
        if not isinstance(declared, ast.DeployDecl):
            continue
        deploy = _deploy(context, declared)
        other = first.setdefault(deploy.name, deploy)
        if other is not deploy:
            context.report(DuplicateMember("deploy", deploy.name, "the system", deploy.span, other.span))
    for deploy in first.values():
        _check_extends(context, deploy, first)
    context.deploys.extend(first.values())


def _deploy(context: ResolveContext, declared: ast.DeployDecl) -> Deploy:
    targets = [_target(context, each) for each in declared.targets if isinstance(each, ast.DeployTarget)]
    extends = Word(declared.extends.text, declared.extends.span) if declared.extends is not None else None
    found = tuple(target for target in targets if target is not None)
    return Deploy(declared.name.text, extends, found, declared.name.span)


def _check_extends(context: ResolveContext, deploy: Deploy, known: dict[str, Deploy]) -> None:
    chain = [deploy.name]
    while (word := known[chain[-1]].extends) is not None:
        if word.text not in known:
            if len(chain) == 1:
                context.report(UnknownDeclaration("deploy", word.text, word.span, tuple(known)))
            return
        if word.text in chain:
            if word.text == chain[0]:
                context.report(Cycle("a deploy", (*chain, word.text), deploy.span))
            return
        chain.append(word.text)


def _target(context: ResolveContext, written: ast.DeployTarget) -> Target | None:
    if written.kind == "database":
        if written.name.text != "postgres":
            context.report(
                UnknownDeclaration("database", written.name.text, written.name.span, ("postgres",))
            )
            return None
        readers, place = _DATABASE, "`database postgres`"
    else:
        if context.symbol(written.name, "api") is None:
            return None
        readers, place = _SERVICE, f"`service {written.name.text}`"
    return Target(
        written.kind, written.name.text, _settings(context, written, readers, place), written.name.span
    )


def _settings(
    context: ResolveContext, written: ast.DeployTarget, readers: dict[str, tuple[str, Reader]], place: str
) -> tuple[tuple[str, Value], ...]:
    found: Settings = {}
    seen: dict[str, ast.Entry] = {}
    for entry in written.settings.entries:
        name = entry.name.text
        if name not in readers:
            context.report(UnknownSetting(name, place, entry.name.span, tuple(readers)))
            continue
        if name in seen:
            context.report(DuplicateMember("setting", name, place, entry.name.span, seen[name].name.span))
        seen.setdefault(name, entry)
        wanted, read = readers[name]
        values = read(entry.value)
        if values is None and not context.is_unreadable(entry.value.span):
            context.report(BadSetting(name, wanted, entry.value.span))
        found.update(values or {})
    return tuple(found.items())


def _number(value: ast.Expr | None) -> float | None:
    if isinstance(value, ast.IntLiteral):
        return value.value
    return float(value.value) if isinstance(value, ast.DecimalLiteral) else None


def _whole(name: str, least: int = 0) -> Reader:
    def read(value: ast.Expr) -> Settings | None:
        return {name: value.value} if isinstance(value, ast.IntLiteral) and value.value >= least else None

    return read


def _flag(name: str) -> Reader:
    def read(value: ast.Expr) -> Settings | None:
        return {name: value.value} if isinstance(value, ast.BoolLiteral) else None

    return read


def _bytes_of(value: ast.Expr | None) -> int | None:
    if isinstance(value, ast.QuantityLiteral) and value.unit in _BYTES:
        return int(value.value * _BYTES[value.unit])
    return None


def _size(name: str) -> Reader:
    def read(value: ast.Expr) -> Settings | None:
        size = _bytes_of(value)
        return None if size is None else {name: size}

    return read


def _ends(low: str, high: str, of: Callable[[ast.Expr | None], int | float | None]) -> Reader:
    """`3..20`, or one value for both ends."""

    def read(value: ast.Expr) -> Settings | None:
        first, last = (value.low, value.high) if isinstance(value, ast.RangeLiteral) else (value, value)
        start, end = of(first), of(last)
        return None if start is None or end is None or not 0 < start <= end else {low: start, high: end}

    return read


def _replicas(value: ast.Expr | None) -> int | None:
    return value.value if isinstance(value, ast.IntLiteral) else None


def _ratio(name: str) -> Reader:
    def read(value: ast.Expr) -> Settings | None:
        if isinstance(value, ast.QuantityLiteral) and value.unit == "%" and 0 < value.value <= 100:
            return {name: float(value.value / Decimal(100))}
        return None

    return read


def _time(name: str) -> Reader:
    def read(value: ast.Expr) -> Settings | None:
        found = seconds(value) if isinstance(value, ast.QuantityLiteral) else None
        return {name: float(found)} if found else None

    return read


def _object(**readers: Reader) -> Reader:
    def read(value: ast.Expr) -> Settings | None:
        found: Settings = {}
        for entry in value.entries if isinstance(value, ast.ObjectLiteral) else ():
            inner = readers[entry.name.text](entry.value) if entry.name.text in readers else None
            if inner is None:
                return None
            found.update(inner)
        return found if isinstance(value, ast.ObjectLiteral) else None

    return read


_DATABASE: dict[str, tuple[str, Reader]] = {
    "version": ("a version from 16 (`18`)", _whole("version", 16)),
    "replicas": ("how many servers (`2`)", _whole("replicas", 1)),
    "storage": ("a size (`500Gi`)", _size("storage_bytes")),
    "pool": ("how many connections (`40`)", _whole("pool", 1)),
    "embedded": ("`true` or `false`", _flag("embedded")),
}
_SERVICE: dict[str, tuple[str, Reader]] = {
    "replicas": ("a number or a range (`3..20`)", _ends("replicas_min", "replicas_max", _replicas)),
    "scale": ("what to scale by (`{ cpu: 70% }`)", _object(cpu=_ratio("cpu_target"))),
    "cpu": ("cores, or a range of them (`0.5..2`)", _ends("cpu_request", "cpu_limit", _number)),
    "memory": ("a size, or a range (`256Mi..512Mi`)", _ends("memory_request", "memory_limit", _bytes_of)),
    "slo": (
        "goals (`{ availability: 99.9%  latency_p95: 250ms }`)",
        _object(availability=_ratio("availability"), latency_p95=_time("latency_p95")),
    ),
}
