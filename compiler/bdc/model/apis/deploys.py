"""Load and deploys: names found, settings read."""

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
from bdc.model.errors.types import Cycle
from bdc.model.names import BROKEN
from bdc.model.nodes.deploy import Deploy, LoadEntry, Target
from bdc.model.nodes.policy import Word
from bdc.syntax import ast


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
}
