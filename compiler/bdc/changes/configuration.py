"""What operators of the service see: settings of each environment, and what tokens must carry."""

import re
from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.other_identities import other_identity_changes
from bdc.changes.sides import Sides, match
from bdc.changes.sign_in import sign_in_changes
from bdc.changes.wire import compare
from bdc.ir import Claim, Expr, Identity, SystemIR
from bdc.policy.expression_text import in_words
from bdc.surface.mails import mail_senders
from bdc.surface.settings import ENVIRONMENTS, sections

_BOTH = "Issue tokens that both versions accept first, and wait until the others have expired."
_TOLD = ("[tokens] ", "[limits] ")  # sections that are told by what they mean to callers
_VARIABLE = re.compile(r"\$\{([A-Z_0-9]+)\}")


def configuration_changes(sides: Sides) -> Iterator[Change]:
    """Yield what must be set before the new service runs, and what is set in vain."""
    for environment in ENVIRONMENTS:
        before, after = _settings(sides.old, environment), _settings(sides.new, environment)
        yield from _variables(environment, before, after)
        yield from _values(environment, before, after)
        if environment != "development":
            yield from _of_mails(sides, environment)
    yield from _identity(sides)


def _of_mails(sides: Sides, environment: str) -> Iterator[Change]:
    """Yield the variables that mails need and needed."""
    old, new = (
        {"SMTP_URL", *mail_senders(system)} if system.mails else set() for system in (sides.old, sides.new)
    )
    for name in sorted(new - old):
        message = f"the service does not start in {environment} without {name}, by which mails are sent"
        remedy = f"Set {name} in {environment} before the new version runs there."
        yield Change("configuration.variable-required", f"{environment} {name}", message, remedy)
    for name in sorted(old - new):
        message = f"{name} is no longer read in {environment}"
        yield Change("configuration.variable-removed", f"{environment} {name}", message)


def required_variables(system: SystemIR, environment: str) -> frozenset[str]:
    """Return the environment variables that a service of `environment` does not start without."""
    return _needed(_settings(system, environment))


def _settings(system: SystemIR, environment: str) -> dict[str, str]:
    return {
        f"[{section.name}] {setting.name}": setting.value
        for section in sections(system, environment)
        for setting in section.settings
    }


def _needed(settings: dict[str, str]) -> frozenset[str]:
    return frozenset(name for value in settings.values() for name in _VARIABLE.findall(value))


def _variables(environment: str, before: dict[str, str], after: dict[str, str]) -> Iterator[Change]:
    old, new = _needed(before), _needed(after)
    for name in sorted(new - old):
        message = f"the service does not start in {environment} without {name}"
        remedy = f"Set {name} in {environment} before the new version runs there."
        yield Change("configuration.variable-required", f"{environment} {name}", message, remedy)
    for name in sorted(old - new):
        message = f"{name} is no longer read in {environment}"
        yield Change("configuration.variable-removed", f"{environment} {name}", message)


def _values(environment: str, before: dict[str, str], after: dict[str, str]) -> Iterator[Change]:
    before, after = (
        {name: value for name, value in each.items() if not name.startswith(_TOLD)}
        for each in (before, after)
    )
    for name, value in after.items():
        place = f"{environment} {name}"
        if name not in before:
            yield Change("configuration.setting-added", place, f"{name} = {value} is new in {environment}")
        elif before[name] != value:
            message = f"{name} is {value} in {environment} instead of {before[name]}"
            yield Change("configuration.setting-changed", place, message)
    for name in before:
        if name not in after:
            message = f"{name} is no longer read in {environment}"
            yield Change("configuration.setting-removed", f"{environment} {name}", message)


def _identity(sides: Sides) -> Iterator[Change]:
    old, new = sides.old.identity, sides.new.identity
    if new is None or old is None:
        if old is not None:
            yield Change("configuration.identity-removed", "identity", "callers are no longer told apart")
        if new is not None:
            yield Change(
                "configuration.identity-added", "identity", "callers are told apart", origin=new.origin
            )
        return
    yield from _tokens(sides, old, new)
    yield from sign_in_changes(old, new)
    yield from other_identity_changes(sides, old, new)
    if old.api_key_header != new.api_key_header:
        message = f"API keys are read from {new.api_key_header or 'nowhere'} instead of {old.api_key_header or 'nowhere'}"
        yield Change("configuration.api-key-header-changed", "identity api_key", message, origin=new.origin)
    before, after = (tuple(claim for claim in each.claims if claim.of is None) for each in (old, new))
    found = match(before, after, lambda claim: claim.name)
    for gone in found.removed:
        place = f"claim {gone.name}"
        yield Change("configuration.claim-removed", place, f"the claim `{gone.name}` is no longer read")
    for added in found.added:
        yield _added(added, new)
    for was, now in found.both:
        yield from _claim(was, now, new)


def _audience(identity: Identity, name: str) -> str:
    return f"${identity.audience_variable}" if identity.audience_variable else identity.audience or name


def _tokens(sides: Sides, old: Identity, new: Identity) -> Iterator[Change]:
    """Yield why tokens that are out are refused, or mean something else."""
    audiences = (_audience(old, sides.old.name), _audience(new, sides.new.name))
    if audiences[0] != audiences[1]:
        message = f"tokens must be for the audience `{audiences[1]}` instead of `{audiences[0]}`: all that are out are refused"
        yield Change("configuration.audience-changed", "identity audience", message, _BOTH, new.origin)
    for code, place in (("issuer", "issuer"), ("keys", "jwks")):
        was, now = (_words(getattr(each, place)) for each in (old, new))
        if was != now:
            message = f"tokens are held to the {place} {now} instead of {was}"
            yield Change(f"configuration.{code}-changed", f"identity {place}", message, _BOTH, new.origin)
    for part in ("entity", "roles_claim", "tenant_claim"):
        was, now = getattr(old, part), getattr(new, part)
        if part == "entity" and now is not None:
            now = sides.renames.entity(now)
        if was != now:
            code = "callers-changed" if part == "entity" else "claim-changed"
            message = (
                f"the {part.replace('_', ' ')} of a caller is {now or 'none'} instead of {was or 'none'}"
            )
            yield Change(f"configuration.{code}", f"identity {part}", message, origin=new.origin)


def _words(expr: Expr | None) -> str:
    return f"`{in_words(expr)}`" if expr is not None else "none"


def _added(claim: Claim, identity: Identity) -> Change:
    place = f"claim {claim.name}"
    if claim.nullable:
        message = f"tokens may carry `{claim.source}` for the claim `{claim.name}`"
        return Change("configuration.claim-added", place, message, origin=identity.origin)
    message = f"tokens must carry `{claim.source}` for the claim `{claim.name}`"
    remedy = "Let the issuer put it into tokens first, and wait until those without it have expired."
    return Change("configuration.claim-required", place, message, remedy, identity.origin)


def _claim(old: Claim, new: Claim, identity: Identity) -> Iterator[Change]:
    place = f"claim {new.name}"
    difference = compare(old.type, new.type)
    if old.source != new.source:
        message = f"the claim `{new.name}` is read from `{new.source}` instead of `{old.source}`"
        remedy = "Let the issuer put both into tokens until the new version runs everywhere."
        yield Change("configuration.claim-changed", place, message, remedy, identity.origin)
    if difference:
        text = difference.changed or "; ".join((*difference.tightened, *difference.loosened))
        message = f"the claim `{new.name}` has another type: {text}"
        yield Change("configuration.claim-changed", place, message, origin=identity.origin)
    if old.nullable and not new.nullable:
        message = f"tokens must carry the claim `{new.name}`"
        yield Change("configuration.claim-required", place, message, origin=identity.origin)
    if new.nullable and not old.nullable:
        message = f"tokens may be without the claim `{new.name}`"
        yield Change("configuration.claim-optional", place, message, origin=identity.origin)
