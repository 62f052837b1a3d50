"""`python -m api.healthcheck`: exit 0 when the service in this container answers."""

import sys

from api.engine.healthcheck import main

if __name__ == "__main__":
    sys.exit(main())
