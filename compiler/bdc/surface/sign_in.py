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


def callers_make_keys(system: SystemIR) -> bool:
    """Return whether callers that sign in here make API keys for themselves: where keys are taken."""
    identity = system.identity
    if identity is None or identity.sign_in is None or identity.api_key_header is None:
        return False
    return any("api_key" in api.auth for api in system.apis)


def callers_invite(system: SystemIR) -> bool:
    """Return whether callers ask others into their tenant."""
    found = system.identity.sign_in if system.identity is not None else None
    return found is not None and found.membership is not None and bool(found.membership.invite)


def resets_passwords(system: SystemIR) -> bool:
    """Return whether callers set a forgotten password anew by mail."""
    found = system.identity.sign_in if system.identity is not None else None
    return found is not None and found.reset is not None


def verifies_logins(system: SystemIR) -> bool:
    """Return whether callers prove by mail that a login is theirs."""
    found = system.identity.sign_in if system.identity is not None else None
    return found is not None and found.verify is not None


def mails_tokens(system: SystemIR) -> bool:
    """Return whether sign-in sends mails."""
    return resets_passwords(system) or verifies_logins(system)
