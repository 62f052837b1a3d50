"""The load profile: what the specification says the service must bear, as requests a load test can make."""

from typing import Any

from bdc.ir import SystemIR
from bdc.surface import Endpoint, Kind, endpoints
from bdc.surface.mix import mix_of
from bdc_emitters.tests.load.documents import graphql_requests
from bdc_emitters.tests.load.requests import request_for
from bdc_emitters.tests.unborn import NewRows

Data = dict[str, Any]


def load_profile(system: SystemIR, new: NewRows) -> Data:
    """Return the rate with its parts, the promises, the lists that rows are taken from, and the requests of the first api."""
    if not system.apis:
        return {"requests_per_second": 0, "mix": {}, "lists": {}, "requests": []}
    api = system.apis[0]
    mix = mix_of(system, api)
    services = [each for deploy in system.deploys for each in deploy.services if each.api == api.name]
    latency = [each.latency_p95 for each in services if each.latency_p95]
    available = [each.availability for each in services if each.availability]
    own = [endpoint for endpoint in endpoints(system) if endpoint.api.name == api.name]
    lists = _lists(own)
    requests = [request_for(system, new, endpoint, lists) for endpoint in own]
    return {
        "requests_per_second": int(mix.total) or 1,
        "mix": mix.parts(),
        "mix_declared": mix.parts_declared,
        "latency_p95_seconds": latency[0] if latency else 0.5,
        "availability": available[0] if available else 1.0,
        "lists": lists,
        "requests": [each for each in requests if each is not None] + graphql_requests(system, api),
    }


def _lists(own: list[Endpoint]) -> dict[str, str]:
    """Return entity → the path that lists its rows."""
    found: dict[str, str] = {}
    for endpoint in own:
        if (
            endpoint.kind is Kind.LIST
            and endpoint.own is None
            and endpoint.entity is not None
            and endpoint.resource is not None
        ):
            page = endpoint.resource.page.max
            found.setdefault(endpoint.entity.name, f"{endpoint.path}?limit={page}")
    return found
