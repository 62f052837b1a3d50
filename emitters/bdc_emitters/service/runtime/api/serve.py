"""`python -m api.serve [--port PORT] [--host HOST]`: check the settings, then become the server. Exit code 78 when they are not usable."""

from api.engine.serve import main

if __name__ == "__main__":
    main()
