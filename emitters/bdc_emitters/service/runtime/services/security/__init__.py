"""Who calls and what they may do: tokens, API keys, the identity that the database is told, roles, field encryption.

Row level rules are not here: they are in the statements and in the database. Read: `actor`, `identity` (generated),
`authentication`, `tokens`, `jwks`, `api_keys`, `permissions` (generated), `encryption`, `rate_limit`.
"""
