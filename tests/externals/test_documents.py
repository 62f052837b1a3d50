"""Operations that are read from OpenAPI files: what becomes of each element, and what is refused."""

from pathlib import Path

import pytest

from bdc.diagnostics import DiagnosticSink
from bdc.ir import ExternalOperation, SystemIR
from bdc.model.externals.openapi import Offered, Unreadable, offered
from bdc.pipeline import Compilation, compile_system
from bdc.project import load_project
from tests.support.specs import ROOT

TILL = ROOT / "tests/systems/till"
HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"


def _read(paths: str, *wanted: str, schemas: str = "{}") -> Offered:
    return offered(f"{HEAD}paths:\n{paths}\ncomponents: {{schemas: {schemas}}}\n", "Ext", set(wanted), set())


def _compiled(folder: Path) -> Compilation:
    sink = DiagnosticSink()
    return compile_system(load_project(folder, sink).files)


def _operation(system: SystemIR | None, name: str) -> ExternalOperation:
    assert system is not None
    return system.externals[0].operation(name)


def test_what_is_called_is_read() -> None:
    system = _compiled(TILL).system
    made = _operation(system, "createCharge")
    assert (made.method, made.path, made.idempotent) == ("POST", "/charges", True)
    assert [(each.name, each.wire, each.place, each.nullable) for each in made.parameters] == [
        ("x_trace", "X-Trace", "header", True),
        ("amount", "amount", "body", False),
        ("currency", "currency", "body", False),
        ("note", "note", "body", True),
        ("metadata", "metadata", "body", True),
    ]
    assert _operation(system, "delete_charges_charge_id").path == "/charges/{charge_id}"
    assert system is not None
    assert {each.name for each in system.externals[0].operations} == {
        "createCharge",
        "get_charges",
        "delete_charges_charge_id",
    }


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ("{type: string}", "text"),
        ("{type: string, maxLength: 9}", "string(0..9)"),
        ("{type: string, format: uuid}", "uuid"),
        ("{type: [string, 'null']}", "text?"),
        ("{type: integer}", "bigint"),
        ("{type: integer, format: int32}", "int"),
        ("{type: number}", "float"),
        ("{type: array, items: {type: boolean}}", "bool[]"),
        ("{type: array, items: {type: array, items: {type: string}}}", "json"),
        ("{oneOf: [{type: string}, {type: integer}]}", "json"),
        ("{anyOf: [{type: string}, {type: 'null'}]}", "text?"),
        ("{type: object}", "json"),
        ("{}", "json"),
    ],
)
def test_types(schema: str, type_: str) -> None:
    paths = f"  /a: {{get: {{operationId: a, responses: {{200: {{description: d, content: {{application/json: {{schema: {schema}}}}}}}}}}}}}"
    assert f"-> {type_} @http(GET" in _read(paths, "a").operations["a"]


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        ("requestBody: {content: {text/plain: {}}}, responses: {}", "text/plain"),
        ("responses: {200: {description: d, content: {text/csv: {}}}}", "text/csv"),
        ("parameters: [{name: s, in: cookie, required: true}], responses: {}", "cookie"),
        ("parameters: [{$ref: 'other.yaml#/x'}], responses: {}", "other.yaml"),
        ("parameters: [{$ref: '#/components/nothing'}], responses: {}", "not there"),
        (
            "requestBody: {content: {application/json: {schema: {required: [a-b], properties: {a-b: {type: string}}}}}}, responses: {}",
            "a-b",
        ),
        (
            "responses: {200: {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Loop'}}}}}",
            "itself",
        ),
    ],
)
def test_what_cannot_be_said_is_refused_with_its_reason(operation: str, why: str) -> None:
    loop = "{Loop: {type: array, items: {$ref: '#/components/schemas/Loop'}}}"
    found = _read(f"  /a: {{post: {{operationId: a, {operation}}}}}", "a", schemas=loop)
    assert found.operations == {}
    assert why in found.refused["a"]


@pytest.mark.parametrize(
    "text", ["", "[1]", "a: [", "swagger: '2.0'", "openapi: 4.0.0", "openapi: 3.0.0\npaths: 7"]
)
def test_what_is_no_document(text: str) -> None:
    try:
        assert offered(text, "Ext", {"a"}, set()).names == ()
    except Unreadable as reason:
        assert str(reason)


def test_files_that_are_missing_or_unread(tmp_path: Path) -> None:
    text = (TILL / "till.bds").read_text("utf-8")
    text = text.replace("PaymentsGetChargesAnswer", "int")
    (tmp_path / "till.bds").write_text(text, "utf-8")
    assert [each.code for each in _compiled(tmp_path).diagnostics] == ["E441"]
    for name in ("../x.yaml", "/etc/passwd"):
        (tmp_path / "till.bds").write_text(text.replace("payments.openapi.yaml", name), "utf-8")
        assert [each.code for each in _compiled(tmp_path).diagnostics] == ["E441"]


def test_an_operation_that_is_not_there_has_its_candidates(tmp_path: Path) -> None:
    (tmp_path / "payments.openapi.yaml").write_bytes((TILL / "payments.openapi.yaml").read_bytes())
    text = (TILL / "till.bds").read_text("utf-8")
    (tmp_path / "till.bds").write_text(
        text.replace("call Payments.createCharge", "call Payments.createCharg"), "utf-8"
    )
    (found,) = [each for each in _compiled(tmp_path).diagnostics if each.code == "E114"]
    assert "createCharge" in str(found)
