"""OpenAPI documents: members keep their names and rules, operations their paths, and what is left out is named."""

import codecs
import json
from pathlib import Path

import pytest
import yaml

from bdc.importing.described import describe
from bdc.importing.described_report import described_report
from bdc.importing.draft import Settled
from bdc.importing.openapi import OpenApiError
from tests.importing.accounts import accounted
from tests.support import corpus
from tests.support.postgres import Databases
from tests.support.shop import shop_files

LIBRARY = Path(__file__).with_name("library.yaml")


def imported(path: Path, databases: Databases | None = None) -> Settled:
    fresh = (lambda: databases.fresh().superuser_url) if databases else None
    return describe(str(path), path.name.partition(".")[0], fresh)


@pytest.fixture(scope="module")
def library() -> Settled:
    return imported(LIBRARY)


def _at(tmp_path: Path, text: str) -> Settled:
    file = tmp_path / "small.yaml"
    file.write_text("openapi: 3.1.0\ninfo: {title: t, version: '1'}\n" + text, encoding="utf-8")
    return imported(file)


_LINES = [
        "/// What is lent.\nentity Book {",
        "entity Book {\n  id: uuid = uuid7() @id",
        'title: string(1..80) @example("Emma")',
        r'isbn: text @pattern("^[0-9]{13}$")',
        "pages: int = 100 @min(1)",
        "kind: Kind = novel",
        "class: BookClass?",
        "shelfMark: text? @deprecated(\"the document says so\")",
        "addedAt: timestamp = now() @stamp(created) @readonly",
        "tags: text[]?",
        'check tags_max_items (sql("cardinality(\\"tags\\") <= 5"))',
        "check weight_exclusive_minimum (weight > 0)",
        "check level_values (level in [1, 2, 3])",
        "cover: Cover?",
        "authorId: bigint?\n  author: Author? @fields(authorId)",
        "field secret { read to internal }",
        'sold_out @value("sold-out")',
        'struct Cover {\n  /// As painted.\n  colour: text\n  width: int? @max(900)',
        "struct Animal {\n  kind: CatKind",
        "bark: int?",
        "type Isbn = string(13..13)",
        "filter kind",
        "page cursor(default: 10, max: 50)",
        "input create { title, isbn?, kind? }",
        'resource Book at "/books" {',
        "ops list, get, create, update, delete",
        'op lend_book(bookId: uuid, days: int @max(30), note: text?) -> Loan',
        '@http(POST, "/books/{bookId}/lend")',
        "allow write_books",
        "allow read to anonymous, caller",
        'api_key header("X-Key")',
        "bearer jwt {",
        'at "/api/v2"',
    ]  # fmt: skip


def test_a_library(library: Settled) -> None:
    for line in _LINES:
        assert line in library.text, (line, library.text)


def test_a_library_is_accounted_for(library: Settled) -> None:
    accounted(library)
    told = dict(library.told)
    assert (
        told["GET /books"]
        == "`list` of a resource; takes no `order`; an optional member without a value is null"
    )
    assert told["GET /books/{bookId}"] == "`get` of a resource; an optional member without a value is null"
    assert told["POST /books"] == "`create` of a resource; an optional member without a value is null"
    assert told["DELETE /authors/{authorId}"].endswith("answers 204, the document says 200")
    assert told["POST /books/{bookId}/lend"] == "an `op` that answers 501 until its handler is written"
    reasons = {path: reason for path, _, reason in library.ledger.left()}
    assert (
        reasons["components/schemas/Book/properties/tags/uniqueItems"]
        == "no CHECK can compare the items of a list"
    )
    assert (
        reasons["paths/~1books/get/parameters/3"]
        == "a list is filtered by members, paged by `limit` and `cursor`"
    )
    assert reasons["components/securitySchemes/basic"].startswith("the language has tokens")


@pytest.mark.postgres
def test_its_schema_can_be_made(databases: Databases) -> None:
    imported(LIBRARY, databases)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_any_encoding(encoding: str, tmp_path: Path) -> None:
    """Latin-1 is a guess, and said; JSON and YAML are one."""
    text = json.dumps(yaml.safe_load(LIBRARY.read_text(encoding="utf-8")), ensure_ascii=False)
    file = tmp_path / "library.yaml"
    file.write_bytes(text.replace("Library", "Café").encode(encoding))
    found = imported(file)
    assert "/// Café" in found.text
    assert any("Latin-1" in line for line in found.added) == (encoding == "latin-1")
    assert codecs.BOM_UTF8.decode() not in found.text


def test_files_that_it_refers_to(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "Pet.json").write_text(
        json.dumps(
            {"type": "object", "properties": {"id": {"type": "integer"}, "of": {"$ref": "all.yaml#/Owner"}}}
        ),
        encoding="utf-8",
    )
    (tmp_path / "schemas" / "all.yaml").write_text(
        "Owner: {type: object, properties: {name: {$ref: '#/Name'}}}\nName: {type: string, maxLength: 9}\n",
        encoding="utf-8",
    )
    (tmp_path / "paths.yaml").write_text(
        "pet:\n  get:\n    responses:\n      '200': {description: ok, content: {application/json: {schema: {$ref: schemas/Pet.json}}}}\n",
        encoding="utf-8",
    )
    found = _at(
        tmp_path,
        "paths:\n  /pets/{id}: {$ref: 'paths.yaml#/pet'}\n  /far: {$ref: 'https://example.com/x.yaml'}\n",
    )
    for line in ('resource Pet at "/pets"', "of: Owner?", "name: Name?", "type Name = string(..9)"):
        assert line in found.text, found.text
    assert any("example.com" in line for line in found.added)
    accounted(found)


@pytest.mark.parametrize(
    ("schemas", "lines"),
    [
        ("A: {type: object, properties: {id: {type: integer}, any: true, none: false, e: {}}}", ["any: json?", "e: json?"]),
        ("A: {type: object, properties: {id: {type: integer}, s: }}\n    B:", ["s: json?"]),
        ("UserItem: {properties: {id: {type: integer}}}\n    user_item: {properties: {id: {type: integer}}}", ["entity UserItem {", "entity UserItem2 "]),
        ("A: {type: object, properties: {id: {type: integer}, self: {$ref: '#/components/schemas/A'}}}", ["self: A?"]),
        ("A: {type: object, properties: {next: {$ref: '#/components/schemas/A'}}}", ["next: json?"]),
        ("A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}", ["module small"]),
        ("A: {type: object, properties: {id: {type: string, format: uuid}, x-y: {type: string}, on: {enum: [on, off]}}}", ["on: AOn?", "  off"]),
        ("A: {type: object, properties: {id: {type: integer}, n: {type: [integer, 'null'], exclusiveMinimum: 0}}}", ["n: int? @min(1)"]),
        ("A: {type: object, properties: {id: {type: integer}, d: {type: string, default: 2020-01-01, format: date}}}", ['d: date? = "2020-01-01"']),
        ("A: {type: object, properties: {id: {type: integer}, c: {const: x}, f: {type: number, default: 1e3}}}", ["c: AC?", "f: float? = 1000"]),
    ],
)  # fmt: skip
def test_small_schemas(schemas: str, lines: list[str], tmp_path: Path) -> None:
    found = _at(tmp_path, f"paths: {{}}\ncomponents:\n  schemas:\n    {schemas}\n")
    for line in lines:
        assert line in found.text, found.text
    accounted(found)


@pytest.mark.parametrize("document", ["shop", "realworld"])
def test_whole_documents(document: str, tmp_path: Path) -> None:
    """Our own document comes back, but for what no document says; another's operations are all there."""
    file = tmp_path / "openapi.json"
    if document == "shop":
        made = next(each for each in shop_files() if each.path == "api/documentation/openapi.json")
        file.write_text(made.content, encoding="utf-8")
        words = ["resource Order at", "resource Product at", "ops list, get, create, update, delete"]
    else:
        file.write_bytes((corpus.CORPUS / "realworld" / "openapi.yml").read_bytes())
        words = [
            "op login(user: LoginUser) -> LoginResult",
            '@http(DELETE, "/articles/{slug}/comments/{id}")',
        ]
    found = imported(file)
    for word in words:
        assert word in found.text
    accounted(found)
    operations = sum(
        line.startswith("- `")
        for line in described_report(found).split("## Operations")[1].split("##")[0].split("\n")
    )
    assert operations == sum(
        path.count("/") == 2
        and path.startswith("paths/")
        and path.rpartition("/")[2] in ("get", "put", "post", "delete", "patch")
        for path in found.ledger.elements
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("swagger: '2.0'\npaths: {}", "swagger2openapi"),
        ("[]", "mapping"),
        ("a: [", "neither"),
        ("just words", "neither"),
        ("a: &a [*a]", "nested|neither|deep"),
        ("openapi: 4.0.0", "3.1"),
        ("{" * 5000, "neither|nested"),
    ],
)
def test_what_is_no_document_is_said(text: str, word: str, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(OpenApiError, match=word):
        imported(file)


def _served(component: str, more: str = "") -> str:
    answer = "{description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}"
    paths = f"paths:\n  /as/{{id}}:\n    get: {{responses: {{'200': {answer}}}}}\n    put: {{responses: {{'204': {{description: ok}}}}}}\n"
    put = f"  /as:\n    put: {{responses: {{'200': {answer}}}}}\n    post: {{requestBody: {{content: {{application/x-www-form-urlencoded: {{schema: {{$ref: '#/components/schemas/A'}}}}}}}}, responses: {{'201': {answer}}}}}\n"
    return f"{paths}{put}components:\n  schemas:\n    A: {component}\n    B: {{type: object, required: [id], properties: {{id: {{type: integer}}, name: {{type: string}}}}}}\n{more}"


@pytest.mark.parametrize(
    "component",
    [
        "{$ref: '#/components/schemas/B'}",
        "{allOf: [{$ref: '#/components/schemas/B'}]}",
        "{allOf: [{$ref: '#/components/schemas/B'}, {properties: {more: {type: string}}}]}",
        "{oneOf: [{$ref: '#/components/schemas/B'}, {type: object, properties: {gone: {type: boolean}}}]}",
    ],
)
def test_a_component_that_is_another_can_be_served(component: str, tmp_path: Path) -> None:
    """An operation may stand at the path of a resource with a method that the resource does not answer; a form is a body."""
    found = _at(tmp_path, _served(component))
    name = "B" if component.startswith("{$ref") else "A"
    assert f"entity {name} {{\n  id: int @identity(by_default) @id" in found.text, found.text
    assert f'resource {name} at "/as"' in found.text and '@http(PUT, "/as")' in found.text
    assert "ops get, create" in found.text and "input create { " in found.text
    accounted(found)
