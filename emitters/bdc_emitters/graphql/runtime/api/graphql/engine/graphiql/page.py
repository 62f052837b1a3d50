"""Serves GraphiQL where `[pages] serve` is true. A client that sends a query, or does not accept HTML, never gets the page."""

from pathlib import Path

from api.engine.documentation.assets import answer_file, file_routes, pages_are_served
from api.engine.http.answer import Answer
from api.engine.http.request import Request

PAGE = Path(__file__).parent
FOLDER = "/docs/graphiql"
COMPRESSED = ("react.js", "react-dom.js", "graphiql.js", "graphiql.css")

ROUTES = file_routes(
    (
        *((f"{FOLDER}/{name}", PAGE / f"{name}.gz") for name in COMPRESSED),
        (f"{FOLDER}/page.js", PAGE / "page.js"),
        (f"{FOLDER}/page.css", PAGE / "page.css"),
        (f"{FOLDER}/licenses.txt", PAGE / "LICENSES.txt"),
    )
)


def page_for(request: Request) -> Answer | None:
    """Return the page, None where the request is one of GraphQL."""
    if (
        request.query
        or b"text/html" not in request.headers.get(b"accept", b"")
        or not pages_are_served(request)
    ):
        return None
    return answer_file(request, PAGE / "index.html")
