"""`python -m services.worker [COMMAND]`: run jobs, or list, replay, discard, pause them (`--help`)."""

from services.worker.engine.commands import main

if __name__ == "__main__":
    main()
