"""`python -m api.statement`: the routes; `python -m api.statement GET /v1/…`: the statement that answers one."""

import sys

from api.engine.statement import main

if __name__ == "__main__":
    sys.exit(main())
