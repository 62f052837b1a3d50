"""Policies, and apis that ask who calls, need an identity."""

from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.policies import NoIdentity


def no_identity(model: Model) -> Iterator[Fact]:
    if model.identity is not None:
        return
    places = [*(policy.span for policy in model.policies), *(api.span for api in model.apis if api.auth)]
    if places:
        yield NoIdentity(min(places))
