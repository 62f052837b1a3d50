"""Serves the page, the list of messages, and the HTML of one in a frame without scripts. Only where pages are served (`[pages] serve`), and only what
was kept: where messages are sent, there are none."""

import re
from pathlib import Path

import orjson

from api.engine.documentation.assets import file_routes, pages_are_served
from api.engine.http.answer import Answer
from api.engine.http.request import Request
from api.engine.http.routing import Route
from api.engine.middleware.security_headers import PAGE_POLICY
from services.engine.problems import Problem
from services.mail.engine.keeping import kept

PAGE = Path(__file__).parent
# As a program for mail shows it: no script runs, nothing is loaded but pictures, and only this page frames it.
FRAME = (
    (
        b"content-security-policy",
        b"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'",
    ),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cache-control", b"no-store"),
)
HTML = b"text/html; charset=utf-8"
_NAME = re.compile(r"\d{20}-\d{1,20}")
_SHOWN = ("mail", "at", "from", "to", "subject", "text", "message_id")


async def page(request: Request) -> Answer:
    """Return the page."""
    _served(request)
    policy = PAGE_POLICY.replace(b"base-uri", b"frame-src 'self'; base-uri")
    headers = ((b"content-security-policy", policy), (b"cache-control", b"no-cache"))
    return Answer(200, (PAGE / "index.html").read_bytes(), headers, HTML)


async def messages(request: Request) -> Answer:
    """Return what was kept, the newest first."""
    _served(request)
    found = [
        {"id": name, "html": bool(each.get("html")), **{key: each.get(key) for key in _SHOWN}}
        for name, each in kept()
    ]
    return Answer(200, orjson.dumps({"items": found}), ((b"cache-control", b"no-store"),))


async def message(request: Request) -> Answer:
    """Return the HTML of a message."""
    _served(request)
    name = request.parameters["id"]
    if _NAME.fullmatch(name):
        for known, each in kept():
            if known == name:
                return Answer(200, str(each.get("html") or "").encode(), FRAME, HTML)
    raise Problem("not-found")


def _served(request: Request) -> None:
    if not pages_are_served(request):
        raise Problem("not-found")


ROUTES = (
    Route("GET", "/docs/mails", page, "mails"),
    Route("GET", "/docs/mails.json", messages, "mails.json"),
    Route("GET", "/docs/mails/{id}/html", message, "mail"),
    *file_routes((("/docs/mails.js", PAGE / "page.js"), ("/docs/mails.css", PAGE / "page.css"))),
)
