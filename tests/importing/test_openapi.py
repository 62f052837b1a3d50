"""OpenAPI documents: what has a key becomes an entity, what only passes by is left out by name; our own document comes back."""

import pytest

from bdc.importing.converge import Imported, converge
from bdc.importing.openapi import OpenApiError, openapi_database
from bdc.stack.loading import normalised
from tests.support.postgres import Databases
from tests.support.shop import shop_files

_LIBRARY = """
openapi: 3.0.3
info: { title: Library, version: "1" }
paths:
  /books:
    get:
      responses:
        "200":
          content:
            application/json:
              schema: { type: array, items: { $ref: "#/components/schemas/Book" } }
    post:
      responses:
        "201": { content: { application/json: { schema: { $ref: "#/components/schemas/Book" } } } }
  /books/{id}:
    get:
      responses:
        "200": { content: { application/json: { schema: { $ref: "#/components/schemas/Book" } } } }
    delete: { responses: { "204": { description: gone } } }
  /books/{id}/lend:
    post: { responses: { "204": { description: lent } } }
components:
  schemas:
    Kind: { type: string, enum: [novel, essay] }
    Base: { type: object, required: [id], properties: { id: { type: integer, format: int64 } } }
    Author:
      allOf:
        - $ref: "#/components/schemas/Base"
        - { type: object, required: [name], properties: { name: { type: string, maxLength: 80 } } }
    Book:
      description: What is lent.
      type: object
      required: [id, title, author, kind, pages]
      properties:
        id: { type: string, format: uuid }
        title: { type: string }
        author: { $ref: "#/components/schemas/Author" }
        kind: { $ref: "#/components/schemas/Kind" }
        pages: { type: integer, minimum: 1 }
        tags: { type: array, items: { type: string } }
        bought: { type: string, format: date, nullable: true }
        cover: { type: object, properties: { colour: { type: string } } }
    BookRequest: { type: object, properties: { title: { type: string } } }
"""


def imported(text: str, name: str, databases: Databases) -> tuple[Imported, tuple[str, ...]]:
    said, left_out = openapi_database(text)
    made = normalised(said, databases.fresh().superuser_url)
    return converge(made, name, lambda: databases.fresh().superuser_url), left_out


@pytest.mark.postgres
def test_a_library(databases: Databases) -> None:
    found, left_out = imported(_LIBRARY, "library", databases)
    text = found.files["library.bds"]
    assert found.opaque == {}
    for line in (
        "/// What is lent.",
        "author: Author",
        'name: string @db("varchar(80)")',
        "tags: text[]?",
        "bought: date?",
        "cover: json?",
    ):
        assert line in text, text
    assert left_out == (
        "schema BookRequest: it passes by",
        "book.cover: its parts are kept as one jsonb value",
        'resource Book at "/books" { ops list, get, create, delete }: write it when Book has its policy',
        "operation POST /books/{id}/lend: it is no plain reading or writing of one entity",
    )


@pytest.mark.postgres
def test_our_own_document_gives_our_entities(databases: Databases) -> None:
    document = next(file for file in shop_files() if file.path == "api/documentation/openapi.json")
    found, left_out = imported(document.content, "shop", databases)
    names = {str(entity.name) for entity in found.scope.entities}
    assert names == {"customer", "order", "order_item", "product", "tag"}
    served = [line for line in left_out if line.startswith("resource")]
    assert len(served) == 3
    assert served[0].startswith(
        'resource Product at "/v1/products" { ops list, get, create, update, delete }'
    )


@pytest.mark.parametrize("text", ["swagger: '2.0'", "[]", "a: [", "just words"])
def test_what_is_no_document_is_said(text: str) -> None:
    with pytest.raises(OpenApiError):
        openapi_database(text)
