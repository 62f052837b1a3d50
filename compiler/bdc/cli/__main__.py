"""`python -m bdc.cli` is `bdc`."""

from bdc.cli.main import main

main()
