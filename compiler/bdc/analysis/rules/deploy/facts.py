"""What a deploy says of its environment fits together."""

from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.relations import NO_STANDBY, NO_STORE, SETTING_WITHOUT_EFFECT
from bdc.ir import variable_of
from bdc.model import Model
from bdc.model.nodes.deploy import Deploy, Value
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class NoStore(Fact):
    DIAGNOSTIC = NO_STORE

    deploy: str
    group: str
    span: Span

    @property
    def example(self) -> str:
        return "s3://acme-backups/shop" if self.group == "backup" else "vault"


@dataclass(frozen=True, slots=True)
class NoStandby(Fact):
    DIAGNOSTIC = NO_STANDBY

    deploy: str
    span: Span


@dataclass(frozen=True, slots=True)
class Unread(Fact):
    DIAGNOSTIC = SETTING_WITHOUT_EFFECT

    setting: str
    reason: str
    span: Span
    help: str


def deploy_facts_fit(model: Model) -> Iterator[Fact]:
    """Every group of a deploy has what it needs, and every setting is read by something. What a deploy inherits is reported
    once, where it is written."""
    reported: set[Span] = set()
    for deploy in model.deploys:
        for fact in _misfits(model, deploy):
            if fact.span not in reported:
                reported.add(fact.span)
                yield fact


def _misfits(model: Model, deploy: Deploy) -> Iterator[NoStore | NoStandby | Unread]:
    chain = _ancestry(model, deploy)
    said = {name: value for each in chain for name, value in _facts(each)}
    places = {name: span for each in chain for name, span in _places(each)}
    yield from _groups(deploy, said, places)
    yield from _identity(model, said, places)
    yield from _standby(deploy, chain)


def _groups(deploy: Deploy, said: dict[str, Value], places: dict[str, Span]) -> Iterator[NoStore | Unread]:
    for group in ("backup", "secrets"):
        if any(name.startswith(f"{group}.") for name in said) and f"{group}.store" not in said:
            yield NoStore(deploy.name, group, places[group])
    if "ingress" in places and "gateway" in places:
        help = "remove `gateway`, or remove `ingress`"
        yield Unread("gateway", "`ingress` routes the requests", places["gateway"], help)


def _identity(model: Model, said: dict[str, Value], places: dict[str, Span]) -> Iterator[Unread]:
    identity = model.identity
    read = {
        "identity.issuer": bool(identity and variable_of(identity.issuer)),
        "identity.jwks": bool(identity and variable_of(identity.jwks)),
        "identity.audience": bool(identity and identity.audience_variable),
    }
    for name, reads in read.items():
        if name in said and not reads:
            member = name.partition(".")[2]
            reason = f"`identity` does not read its `{member}` from the environment"
            help = f'write `{member}: env("NAME")` in `bearer jwt`, or leave it out here'
            yield Unread(name, reason, places[name], help)


def _standby(deploy: Deploy, chain: list[Deploy]) -> Iterator[NoStandby]:
    databases = [target for each in chain for target in each.targets if target.kind == "database"]
    said = {name: value for target in databases for name, value in target.settings}
    if said.get("durability") == "required" and said.get("replicas", 1) == 1:
        yield NoStandby(deploy.name, databases[-1].span)


def _facts(deploy: Deploy) -> Iterator[tuple[str, Value]]:
    for target in deploy.targets:
        if target.kind == "fact":
            yield from target.settings


def _places(deploy: Deploy) -> Iterator[tuple[str, Span]]:
    for target in deploy.targets:
        yield from target.places


def _ancestry(model: Model, deploy: Deploy) -> list[Deploy]:
    """Return the deploy and those it extends, the most general first."""
    by_name = {each.name: each for each in model.deploys}
    chain = [deploy]
    while (parent := chain[0].extends) is not None:
        chain.insert(0, by_name[parent.text])
    return chain
