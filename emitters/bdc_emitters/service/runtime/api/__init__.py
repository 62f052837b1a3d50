"""HTTP: routes, controllers and documentation. The only place that knows requests and responses.

What comes in: ASGI. What goes out: ASGI. Absent on purpose: SQL, policy and business rules (those are `services`).

Read: `routes` (every path), `controllers/` (one per resource), `graphql/`, `extensions` (your own routes). How requests are
served is in `engine/`: it is the same in every output.
"""
