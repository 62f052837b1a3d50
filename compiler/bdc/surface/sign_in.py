"""Where sign-in is served."""

from bdc.ir import SystemIR

KEY_SET = "/.well-known/jwks.json"


def sign_in_path(system: SystemIR) -> str:
    """Return what the paths of sign-in begin with, `/v1/auth`; '' where callers do not sign in here."""
    found = system.identity.sign_in if system.identity is not None else None
    if found is None:
        return ""
    api = next((each for each in system.apis if each.name == found.api), None)
    return (api.path.rstrip("/") if api is not None else "") + found.path
