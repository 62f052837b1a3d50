"""`python -m services.relay`: run the relay, or list and send again what was given up."""

import sys

from api.engine.logs import configure_logs
from services.relay.engine.command_line import main

sys.exit(main(configure_logs))
