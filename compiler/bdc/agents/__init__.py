"""The Model Context Protocol server: `bdc mcp`, for coding agents.

What comes in: calls of an agent, over stdio or streamable HTTP, about specifications inside one folder. What goes out: what the commands
say, as data. `folder.py` keeps paths inside, `tools.py` holds the functions, `prompts.py` the texts, `server.py` registers them. No tool
takes the address of a database: SQL runs on the embedded server alone. Deliberately absent: abilities that the command line lacks.
"""
