"""`python -m services.security.api_keys create|revoke|list`: API keys."""

import sys

from services.security.engine.api_keys import main

if __name__ == "__main__":
    sys.exit(main())
