"""How events are routed and delivered. The same for every system.

`router` decides which subscription gets an event, `sender` delivers, `leases` shares the work among relays, `running` keeps them going.
"""
