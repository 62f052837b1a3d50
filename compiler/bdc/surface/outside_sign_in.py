"""Sign-in as a profile says it looks: where it is served, what it takes, and what it answers with."""

from collections.abc import Iterator

from bdc.ir import InputShape, SystemIR
from bdc.surface.members import Member, input_members
from bdc.surface.outside import Wire
from bdc.surface.shapes import Shapes
from bdc.surface.sign_in import sign_in_path


def wires_of_sign_in(system: SystemIR, shapes: Shapes) -> Iterator[Wire]:
    """Yield sign-up and sign-in, where a profile says how they look: what they take has the names outside, what they answer with is the row
    of the caller, where the profile names a member for the token."""
    identity, api = system.identity, shapes.api
    found = identity.sign_in if identity is not None else None
    if identity is None or found is None or api.profile is None or api.name != found.api:
        return
    entity, base, moved = system.entity(identity.entity), sign_in_path(system), sign_in_paths(system)
    resource = next((each for each in api.resources if each.entity == entity.name), None)
    own = resource.single.envelope if resource is not None and resource.single is not None else None
    within = own.one if own is not None and api.profile.token is not None else ""
    password = Member("password", None, required=True, field="password")
    shape = found.sign_up or InputShape(members=())
    taken = {"sign-up": input_members(system, entity, shape), "sign-in": (Member(found.login, None),)}
    for name, members in taken.items():
        path, known = f"{base}/{name}", name.replace("-", "_")
        body = shapes.sent(known, (*members, password))
        yield Wire(known, "POST", path, moved.get(path, path), body=body, within=within, about=within)


def sign_in_paths(system: SystemIR) -> dict[str, str]:
    """Return where operations of sign-in are served, inside → outside, as far as a profile moves them."""
    base = sign_in_path(system)
    identity = system.identity
    if not base or identity is None or identity.sign_in is None:
        return {}
    found: dict[str, str] = {}
    for api in system.apis:
        if api.profile is not None and api.name == identity.sign_in.api:
            root = api.path.rstrip("/")
            moved = {"sign-up": api.profile.sign_up, "sign-in": api.profile.sign_in}
            found |= {f"{base}/{name}": root + path for name, path in moved.items() if path}
    return found
