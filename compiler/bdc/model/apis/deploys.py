"""Load and deploys: names found, settings read."""

from typing import Literal

from bdc.model.apis.environments import deploy_facts
from bdc.model.apis.readers import (
    Readers,
    amount,
    bytes_of,
    choice,
    duration,
    ends,
    flag,
    group,
    number,
    ratio,
    read_settings,
    size,
    whole,
)
from bdc.model.context import ResolveContext
from bdc.model.errors.names import DuplicateMember, UnknownDeclaration
from bdc.model.errors.types import BadSetting, Cycle
from bdc.model.names import BROKEN
from bdc.model.nodes.deploy import Deploy, LoadEntry, Target
from bdc.model.nodes.policy import Word
from bdc.syntax import ast

KINDS: dict[str, Literal["rows", "rps", "growth"]] = {"rows": "rows", "rps": "rps", "rows_per_day": "growth"}
PARTS = ("reads", "writes", "operations", "graphql")


def resolve_load(context: ResolveContext) -> None:
    found: dict[tuple[str, str, str], LoadEntry] = {}
    for declared in context.declarations():
        if not isinstance(declared, ast.LoadDecl):
            continue
        for entry in declared.entries:
            loaded = _load_entry(context, entry) if isinstance(entry, ast.LoadEntry) else None
            if loaded is None:
                continue
            first = found.setdefault((loaded.name, loaded.kind, loaded.part), loaded)
            if first is not loaded:
                name = ".".join(filter(None, (loaded.name, loaded.part)))
                context.report(DuplicateMember("load", name, "the system", loaded.span, first.span))
    context.load.extend(found.values())
    _check_parts(context, found)


def _check_parts(context: ResolveContext, found: dict[tuple[str, str, str], LoadEntry]) -> None:
    """The parts of an api are parts of its requests, where the sum of these is given."""
    for entry in found.values():
        if entry.kind == "rps" and not entry.part:
            parts = [each for each in found.values() if each.name == entry.name and each.part]
            total = sum(each.amount for each in parts)
            if total > entry.amount:
                wanted = f"at least {total:,} rps, the sum of its parts"
                context.report(BadSetting(entry.name, wanted, entry.span))


def _load_entry(context: ResolveContext, entry: ast.LoadEntry) -> LoadEntry | None:
    """Entities and apis are found in the whole system: a load says how much there is of all of it."""
    kind = KINDS.get(entry.unit.text)
    if kind is None:
        context.report(UnknownDeclaration("unit of load", entry.unit.text, entry.unit.span, tuple(KINDS)))
        return None
    name, part, place = entry.path.text, "", entry.path.span
    if kind == "rps" and len(entry.path.names) == 2:
        (name, part), place = name.split("."), entry.path.names[0].span
    wanted = "api" if kind == "rps" else "entity"
    context.file(entry.span).find(name)
    known = tuple(api.name for api in context.apis) if kind == "rps" else tuple(sorted(context.entities))
    if name not in known:
        if not _is_broken(context, name) and name not in context.file(entry.span).broken:
            context.report(UnknownDeclaration(wanted, name, place, known))
        return None
    if part and part not in PARTS:
        context.report(UnknownDeclaration("kind of requests", part, entry.path.last.span, PARTS))
        return None
    return LoadEntry(name, kind, entry.amount.value, entry.path.span, part)


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
    targets = [_target(context, each) for each in declared.items if isinstance(each, ast.DeployTarget)]
    extends = Word(declared.extends.text, declared.extends.span) if declared.extends is not None else None
    found = tuple(target for target in targets if target is not None)
    entries = tuple(each for each in declared.items if isinstance(each, ast.Entry))
    facts = deploy_facts(context, entries, f"`deploy {declared.name.text}`")
    return Deploy(declared.name.text, extends, (*found, *facts), declared.name.span)


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
        found = _ENGINES.get(written.name.text)
        if found is None:
            context.report(
                UnknownDeclaration("database", written.name.text, written.name.span, tuple(_ENGINES))
            )
            return None
        readers, place = found, f"`database {written.name.text}`"
    else:
        if context.symbol(written.name, "api") is None:
            return None
        readers, place = _SERVICE, f"`service {written.name.text}`"
    settings = read_settings(context, written.settings.entries, readers, place)
    return Target(written.kind, written.name.text, settings, written.name.span)


_DATABASE: Readers = {
    "version": ("a version from 16 (`18`)", whole("version", 16)),
    "replicas": ("how many servers (`2`)", whole("replicas", 1)),
    "storage": ("a size (`500Gi`)", size("storage_bytes")),
    "pool": ("how many connections (`40`)", whole("pool", 1)),
    "embedded": ("`true` or `false`", flag("embedded")),
    "cpu": ("cores, or a range of them (`1..4`)", ends("cpu_request", "cpu_limit", number)),
    "memory": ("a size (`4Gi`)", ends("memory_request", "memory_limit", bytes_of)),
    "connections": ("how many connections the server takes, 30 or more (`200`)", whole("connections", 30)),
    "durability": (
        "`preferred` (a write waits for a replica as long as there is one) or `required` (it always waits)",
        choice("durability", "preferred", "required"),
    ),
}
_CITUS: Readers = {
    **{name: _DATABASE[name] for name in ("version", "storage", "pool", "cpu", "memory", "connections")},
    "workers": ("how many servers hold the shards (`3`)", whole("workers", 1)),
    "shards": ("how many parts the rows of tenants are divided into, 1 or more (`32`)", whole("shards", 1)),
}
_ENGINES: dict[str, Readers] = {"postgres": _DATABASE, "citus": _CITUS}
_SERVICE: Readers = {
    "replicas": ("a number or a range (`3..20`)", ends("replicas_min", "replicas_max", amount)),
    "scale": (
        "what to scale by (`{ cpu: 70% }`, `{ cpu: 70%  requests: 40 }`)",
        group(cpu=ratio("cpu_target"), requests=whole("requests_target", 1)),
    ),
    "cpu": ("cores, or a range of them (`0.5..2`)", ends("cpu_request", "cpu_limit", number)),
    "memory": ("a size, or a range (`256Mi..512Mi`)", ends("memory_request", "memory_limit", bytes_of)),
    "slo": (
        "goals (`{ availability: 99.9%  latency_p95: 250ms }`)",
        group(availability=ratio("availability"), latency_p95=duration("latency_p95")),
    ),
    "rollout": (
        "`rolling`, `canary` (a tenth, half, all) or `blue_green` (all beside the old version, then a switch)",
        choice("rollout", "rolling", "canary", "blue_green"),
    ),
}
