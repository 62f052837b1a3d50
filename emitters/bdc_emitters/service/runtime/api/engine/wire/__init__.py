"""How requests and answers look outside, where that differs from how the service has them inside: names, envelopes, statuses, errors.

Read `tables` for what is known of an operation, `endpoint` for the order of a request. What an operation does is decided inside.
"""
