"""The load profile: what the specification says the service must bear, as requests a load test can make."""

from typing import Any

from bdc.ir import SystemIR
from bdc.surface import Kind, endpoints

# Most callers look; one request in ten asks for one row, the rest for lists.
WEIGHTS = {Kind.LIST: 9, Kind.GET: 1}


def load_profile(system: SystemIR) -> dict[str, Any]:
    """Return rate, latency promise and the weighted reading requests (by key where a seed gives one)."""
    rates = {entry.name: entry.amount for entry in system.load.rps}
    api = system.apis[0].name if system.apis else ""
    promised = [
        service.latency_p95
        for deploy in system.deploys
        for service in deploy.services
        if service.latency_p95 and service.api == api
    ]
    return {
        "requests_per_second": rates.get(api, 100),
        "latency_p95_seconds": promised[0] if promised else 0.5,
        "requests": [
            {"method": endpoint.method, "path": endpoint.path, "weight": WEIGHTS[endpoint.kind]}
            for endpoint in endpoints(system)
            if endpoint.kind is Kind.LIST
        ],
    }
