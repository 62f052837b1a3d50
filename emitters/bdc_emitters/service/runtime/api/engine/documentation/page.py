"""Serves the page of this folder, `/docs`, and the documents of your system: `/openapi.json`, `/schema.graphql`.

The page is Swagger UI (`swagger_ui/`, with its licences); it is served where `[pages] serve` is true, the documents always.
"""

from pathlib import Path

from api.engine.documentation.assets import file_routes

PAGE = Path(__file__).parent
VENDORED = PAGE / "swagger_ui"
DOCUMENTATION = Path(__file__).parents[2] / "documentation"

ROUTES = (
    *file_routes(
        (
            ("/docs", PAGE / "index.html"),
            ("/docs/page.js", PAGE / "page.js"),
            ("/docs/page.css", PAGE / "page.css"),
            ("/docs/token.js", PAGE / "token.js"),
            ("/docs/swagger-ui.js", VENDORED / "swagger-ui.js.gz"),
            ("/docs/swagger-ui.css", VENDORED / "swagger-ui.css.gz"),
            ("/docs/licenses.txt", VENDORED / "LICENSES.txt"),
        )
    ),
    *file_routes(
        (
            ("/openapi.json", DOCUMENTATION / "openapi.json"),
            ("/schema.graphql", DOCUMENTATION / "schema.graphql"),
            *((f"/{path.name}", path) for path in sorted(DOCUMENTATION.glob("schema-*.graphql"))),
        ),
        always=True,
    ),
)
