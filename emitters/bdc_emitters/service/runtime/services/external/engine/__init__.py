"""How other services are called. Begin with `client.py`; `declared.py` is what the specification says about them, `settings.py` what the
environment says."""
