"""The relay: takes events from the outbox to the endpoints of subscribers, at least once and in the order of each row.

`python -m services.relay` runs it; several may run, each works on its share. `declared.py` is made from the specification, the rest is the same
for every system. It logs in as the service does, and takes the role of the service for its own tables.
"""
