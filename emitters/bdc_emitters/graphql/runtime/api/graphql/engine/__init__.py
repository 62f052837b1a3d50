"""How GraphQL documents are answered. Not about your system: this code is the same in every output, and each build writes it again.

Read: `endpoint`, `documents`, `lowering`, `executor` (one statement per document); `resolve` (what resolvers do). The schema of
your system is in `api.graphql.types`, `resources` and `table`.
"""
