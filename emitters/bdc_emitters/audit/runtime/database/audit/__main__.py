"""`python -m database.audit`."""

from database.audit.command_line import main

main()
