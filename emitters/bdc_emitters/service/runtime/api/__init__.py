"""HTTP: routes, controllers, middleware and documentation. The only place that knows requests and responses.

What comes in: ASGI. What goes out: ASGI. Absent on purpose: SQL, policy and business rules (those are `services`).

Read: `app` (how it is put together), `routes` (every path), `controllers/` (one per resource), `http/` (request, answer,
routing), `middleware/` (what happens to every request).
"""
