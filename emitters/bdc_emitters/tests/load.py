"""The load profile: what the specification says the service must bear, as requests a load test can make."""

from typing import Any

from bdc.ir import SystemIR
from bdc.surface import Kind, endpoints

# Most callers look; one request in ten asks for one row, the rest for lists.
WEIGHTS = {Kind.LIST: 9, Kind.GET: 1}


def load_profile(system: SystemIR) -> dict[str, Any]:
    """Return the rate, the promises, and the weighted requests that read: lists, and rows by a key that a list gave."""
    rates = {entry.name: entry.amount for entry in system.load.rps}
    api = system.apis[0].name if system.apis else ""
    promised = [
        service.latency_p95
        for deploy in system.deploys
        for service in deploy.services
        if service.latency_p95 and service.api == api
    ]
    available = [
        service.availability
        for deploy in system.deploys
        for service in deploy.services
        if service.availability and service.api == api
    ]
    return {
        "requests_per_second": rates.get(api, 100),
        "latency_p95_seconds": promised[0] if promised else 0.5,
        "availability": available[0] if available else 1.0,
        "requests": [
            {"method": endpoint.method, "path": endpoint.path, "weight": WEIGHTS[endpoint.kind]}
            for endpoint in endpoints(system)
            if endpoint.kind in WEIGHTS
        ],
    }
