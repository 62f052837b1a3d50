"""The language server: `bdc lsp`, over the same trees, model and IR as the commands.

What comes in: requests of an editor (LSP over stdio or TCP) and the texts it has open. What goes out: diagnostics that equal those of
`bdc check` for the same texts, and answers about names at places. `workspace.py` holds the texts and the last check; `symbols.py` and
`occurrences.py` say what each name means; each feature is a file of its own; `server.py` registers them. Deliberately absent: rules of
the language. A feature asks the model, the policy clauses or the IR. Read `server.py` next.
"""
