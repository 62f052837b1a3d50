"""Policies that tell callers apart, and apis that authenticate, need an identity. What `anonymous` may do needs none."""

from collections.abc import Iterator

from bdc.analysis.exposure import operations
from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.policies import NoIdentity
from bdc.model.nodes.policy import Policy, Word
from bdc.model.policies.policies import ANONYMOUS


def no_identity(model: Model) -> Iterator[Fact]:
    if model.identity is not None:
        return
    places = [
        *(policy.span for policy in model.policies if any(map(_tells_apart, _roles(policy)))),
        *(api.span for api in model.apis if api.auth),
        *(operation.span for operation in operations(model) if any(map(_tells_apart, operation.roles))),
    ]
    if places:
        yield NoIdentity(min(places))


def _roles(policy: Policy) -> Iterator[Word]:
    for rule in policy.rules:
        yield from rule.roles
    for field in policy.fields:
        for grant in (field.read, field.write):
            yield from grant.roles if grant is not None else ()


def _tells_apart(role: Word) -> bool:
    return role.text != ANONYMOUS
