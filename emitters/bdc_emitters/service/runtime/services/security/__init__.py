"""Who calls and what they may do: tokens, API keys, the identity that the database is told, roles, field encryption.

Row level rules are not here: they are in the statements and in the database. Read: `identity` (claims and roles of your system),
`permissions` (what roles each operation needs). The code that checks them is in `engine/`: it is the same in every output.
"""
