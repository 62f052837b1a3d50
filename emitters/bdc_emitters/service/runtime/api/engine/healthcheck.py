"""`python -m api.healthcheck`: exit 0 when the service in this container answers."""

import os
from http.client import HTTPConnection


def main() -> int:
    """Ask `/healthz` on this machine."""
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8080")), timeout=3)
    try:
        connection.request("GET", "/healthz")
        return 0 if connection.getresponse().status == 200 else 1
    except OSError:
        return 1
    finally:
        connection.close()
