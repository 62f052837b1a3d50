"""What callers that sign in notice: where and with what, how long sessions last, and which rows count."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.ir import Expr, Identity, InputShape, Membership, SignIn
from bdc.policy.expression_text import in_words

_PLACE = "identity sign-in"


def sign_in_changes(old: Identity, new: Identity) -> Iterator[Change]:
    """Yield what sign-in does otherwise."""
    was, now = old.sign_in, new.sign_in
    if was is None or now is None:
        if now is not None:
            yield Change("configuration.sign-in-added", _PLACE, "callers can sign in here", origin=new.origin)
        if was is not None:
            message = "callers can no longer sign in here: all tokens of the service are refused"
            yield Change("configuration.sign-in-removed", _PLACE, message, origin=new.origin)
    else:
        for message in _broken(was, now):
            yield Change("configuration.sign-in-changed", _PLACE, message, origin=new.origin)
        for message in _other(was, now):
            yield Change("configuration.sign-in-adjusted", _PLACE, message, origin=new.origin)
        for before, after, does in _mails(was, now):
            if before is None and after is not None:
                message = f"callers can {does}"
                yield Change("configuration.sign-in-mail-added", _PLACE, message, origin=new.origin)
        for message in _more(was, now):
            yield Change("configuration.sign-in-input-added", _PLACE, message, origin=new.origin)
    yield from _claims(old, new)


def _mails(was: SignIn, now: SignIn) -> tuple[tuple[str | None, str | None, str], ...]:
    """Return the mails before and after, with what callers do by each."""
    return (
        (was.reset, now.reset, "reset a password by mail"),
        (was.verify, now.verify, "verify a login by mail"),
    )


def _broken(was: SignIn, now: SignIn) -> Iterator[str]:
    """What callers must change for."""
    if was.login != now.login:
        yield f"callers sign in with `{now.login}` instead of `{was.login}`"
    if (was.api, was.path) != (now.api, now.path):
        yield f"sign-in is served by `{now.api}` at `{now.path}` instead of `{was.api}` at `{was.path}`"
    if was.refresh and not now.refresh:
        yield "sessions can no longer be continued by a refresh token"
    for given, taken, does, called in _inputs(was, now):
        yield from _refused(given, taken, does, called)
    for before, after, does in _mails(was, now):
        if before is not None and after is None:
            yield f"callers can no longer {does}"
    if _tenants(was.membership) != _tenants(now.membership):
        yield "the tenant of a request comes from another header or membership"


def _inputs(was: SignIn, now: SignIn) -> tuple[tuple[InputShape | None, InputShape | None, str, str], ...]:
    """Return what makes a caller and a tenant before and after, with what callers do by each and what that is called."""
    before, after = (each.membership.found_input if each.membership else None for each in (was, now))
    return (
        (was.sign_up, now.sign_up, "sign up", "sign-up"),
        (before, after, "make a tenant", "making a tenant"),
    )


def _refused(was: InputShape | None, now: InputShape | None, does: str, called: str) -> Iterator[str]:
    if was is None:
        return
    if now is None:
        yield f"callers can no longer {does}"
        return
    before, after = _required(was), _required(now)
    for field in before.keys() - after.keys():
        yield f"{called} takes no `{field}`"
    for field, required in after.items():
        if required and not before.get(field, False):
            yield f"{called} needs `{field}`"


def _more(was: SignIn, now: SignIn) -> Iterator[str]:
    for before, after, _, called in _inputs(was, now):
        if before is not None and after is not None:
            known = _required(before)
            for field, required in _required(after).items():
                if not required and field not in known:
                    yield f"{called} takes `{field}` too"
                elif not required and known.get(field):
                    yield f"{called} no longer needs `{field}`"


def _required(shape: InputShape) -> dict[str, bool]:
    return {member.field: member.required for member in shape.members}


def _other(was: SignIn, now: SignIn) -> Iterator[str]:
    if was.shortest != now.shortest:
        yield f"a new password has at least {now.shortest} characters instead of {was.shortest}"
    for name, shorter, longer in (
        ("an access token", was.access, now.access),
        ("a refresh token", was.refresh, now.refresh),
    ):
        if shorter != longer and longer:
            yield f"{name} is good for {longer} seconds instead of {shorter}"
    for before, after, does, _ in _inputs(was, now):
        if before is None and after is not None:
            yield f"callers can {does}"
    if was.hash != now.hash:
        yield f"the specification calls the hash `{now.hash}` instead of `{was.hash}`"
    if was.active != now.active:
        yield f"the rows that may sign in are {_words(now.active)} instead of {_words(was.active)}"
    for former, mail, does in _mails(was, now):
        if None not in (former, mail) and former != mail:
            yield f"callers {does} `{mail}` instead of `{former}`"
    if was.verified != now.verified and (was.verify is None) == (now.verify is None):
        yield f"`{now.verified or 'nothing'}` keeps that a login was verified, instead of `{was.verified or 'nothing'}`"
    if _roles(was.membership) != _roles(now.membership) and _tenants(was.membership) == _tenants(
        now.membership
    ):
        yield "the roles in a tenant come from another field, or other roles may invite or make one"


def _roles(found: Membership | None) -> tuple[object, ...]:
    return (found.role, found.invite, found.found) if found is not None else ()


def _tenants(found: Membership | None) -> tuple[str, ...]:
    return (found.entity, found.user, found.tenant, found.claim, found.header) if found is not None else ()


def _words(expr: Expr | None) -> str:
    return f"those with `{in_words(expr)}`" if expr is not None else "all"


def _claims(old: Identity, new: Identity) -> Iterator[Change]:
    before = {claim.name: claim for claim in old.claims}
    for claim in new.claims:
        was = before.get(claim.name)
        if was is not None and (was.value, was.given) != (claim.value, claim.given):
            message = f"the claim `{claim.name}` of callers that sign in here comes from elsewhere"
            yield Change("configuration.sign-in-adjusted", f"claim {claim.name}", message, origin=new.origin)
