"""What happens to every request, whatever its route: plain functions and small objects that `edge` calls in order.

They are not nested ASGI wrappers: one request is one call of `edge.Edge`, which costs a few microseconds.

Read: `edge` (the order), `request_id`, `deadlines`, `cors`, `security_headers`, `counts`, `metrics`, `access_log`.
Limits of rate and body are checked where the caller and the body are first known (`api.http.request`), backpressure in
the pool (`services.data.pool`).
"""
