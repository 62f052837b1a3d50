"""What a deploy says of its environment fits together."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.diagnostics import Diagnostic, Fact, Label
from bdc.ir import variable_of
from bdc.model import Model
from bdc.model.nodes.deploy import Deploy, Value
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class NoStore:
    deploy: str
    group: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        example = "s3://acme-backups/shop" if self.group == "backup" else "vault"
        return Diagnostic(
            "E253",
            f"`{self.group}` of `deploy {self.deploy}` names no `store`",
            Label(self.span),
            help=f'write `{self.group}: {{ store: "{example}" … }}`',
        )


@dataclass(frozen=True, slots=True)
class NoStandby:
    deploy: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E254",
            f"`durability: required` in `deploy {self.deploy}` has no replica to wait for",
            Label(self.span, "with one server, every write waits for a second one that never comes"),
            help="write `replicas: 2` or more, or leave `durability` out",
        )


@dataclass(frozen=True, slots=True)
class Unread:
    setting: str
    reason: str
    span: Span
    help: str

    def diagnostic(self) -> Diagnostic:
        message = f"`{self.setting}` has no effect: {self.reason}"
        return Diagnostic("E255", message, Label(self.span), help=self.help)


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
