"""What callers of identities beside the main one notice: whether their keys are taken, where they are read, and what they must hold."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.sides import Sides
from bdc.ir import Claim, Expr, Identity, OtherIdentity
from bdc.policy.expression_text import in_words

_KEYS = "Make keys that both versions take first, and revoke the others afterwards."


def other_identity_changes(sides: Sides, old: Identity, new: Identity) -> Iterator[Change]:
    """Yield what these callers must be told of."""
    before = {each.entity: each for each in old.others}
    after = {sides.renames.entity(each.entity): each for each in new.others}
    for name in before.keys() - after.keys():
        message = f"the keys of `{name}` are no longer taken"
        yield Change("configuration.other-identity-removed", f"identity {name}", message, origin=new.origin)
    for name, other in after.items():
        place = f"identity {other.entity}"
        was = before.get(name)
        if was is None:
            message = f"callers that are rows of `{other.entity}` show API keys"
            yield Change("configuration.other-identity-added", place, message, origin=new.origin)
            continue
        for message in _broken(was, other, _held(old, was), _held(new, other)):
            yield Change("configuration.other-identity-changed", place, message, _KEYS, new.origin)
        for message in _eased(_held(old, was), _held(new, other)):
            yield Change("configuration.other-identity-adjusted", place, message, origin=new.origin)
        if was.active != other.active:
            message = f"its rows that may call are {_words(other.active)} instead of {_words(was.active)}"
            yield Change("configuration.other-identity-adjusted", place, message, origin=new.origin)


def _held(identity: Identity, other: OtherIdentity) -> dict[str, Claim]:
    """Return what a key holds: the claims of its caller, by name; its own key is `id`."""
    claims = {claim.name: claim for claim in identity.claims}
    return {("id" if name == other.key else name): claims[name] for name in other.claims if name in claims}


def _broken(
    was: OtherIdentity, now: OtherIdentity, before: dict[str, Claim], after: dict[str, Claim]
) -> Iterator[str]:
    if was.api_key_header != now.api_key_header:
        yield f"its keys are read from `{now.api_key_header}` instead of `{was.api_key_header}`"
    for role in sorted(set(was.roles) - set(now.roles)):
        yield f"its callers no longer carry the role `{role}`"
    for name in before.keys() - after.keys():
        yield f"the claim `{name}` of its keys is no longer read"
    for name, claim in after.items():
        known = before.get(name)
        if (known is None or known.nullable) and not claim.nullable:
            yield f"its keys must hold `{claim.source}` for the claim `{name}`"
        elif known is not None and (known.source, known.type) != (claim.source, claim.type):
            yield f"the claim `{name}` of its keys is read from elsewhere, or as another type"


def _eased(before: dict[str, Claim], after: dict[str, Claim]) -> Iterator[str]:
    for name, claim in after.items():
        known = before.get(name)
        if claim.nullable and (known is None or not known.nullable):
            yield f"its keys may be without the claim `{name}`"


def _words(expr: Expr | None) -> str:
    return f"those with `{in_words(expr)}`" if expr is not None else "all"
