"""How callers are recognised. Not about your system: this code is the same in every output, and each build writes it again.

Read: `actor`, `authentication`, `tokens`, `jwks`, `api_keys`, `encryption`, `rate_limit`. The roles and claims of your system are
in `services.security.identity` and `permissions`.
"""
