"""How a request is served: what passes between client, service and database."""

from bdc.diagrams.sequence import Message

_CLIENT, _SERVICE, _DATABASE = "client", "service", "PostgreSQL"
PARTIES = (_CLIENT, _SERVICE, _DATABASE)
_ARRIVES = (
    Message(_CLIENT, _SERVICE, "request with token or API key"),
    Message(_SERVICE, _SERVICE, "limits, token, roles: 401, 403, 429"),
    Message(_SERVICE, _SERVICE, "parameters and body: 400, 415, 422"),
)
READ = (
    *_ARRIVES,
    Message(_SERVICE, _DATABASE, "one statement: identity and policy inside"),
    Message(_DATABASE, _DATABASE, "row level security"),
    Message(_DATABASE, _SERVICE, "the body, as JSON", answer=True),
    Message(_SERVICE, _CLIENT, "200, or 404 for a row that is not his", answer=True),
)
WRITE = (
    *_ARRIVES,
    Message(_SERVICE, _DATABASE, "one function call: identity, key, input"),
    Message(_DATABASE, _DATABASE, "policy, version, state, row level security, triggers"),
    Message(_DATABASE, _DATABASE, "rows, audit, events, idempotent answer: all or none"),
    Message(_DATABASE, _SERVICE, "status, ETag, body", answer=True),
    Message(_SERVICE, _CLIENT, "200, 201, 204, or a problem document", answer=True),
)
