"""The emitted project is one that a team would be glad to own: typed, linted, formatted, and free of its compiler."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.emitted import build


def run(built: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=built, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.tool
def test_the_emitted_python_is_strictly_typed(built: Path) -> None:
    assert run(built, "mypy") == ""


@pytest.mark.tool
def test_the_emitted_python_is_linted_and_formatted(built: Path) -> None:
    assert run(built, "ruff", "check", ".") == ""
    assert run(built, "ruff", "format", "--check", ".") == ""


@pytest.mark.long
@pytest.mark.tool
def test_a_type_checker_says_when_user_code_no_longer_fits(built: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "changed"
    shutil.copytree(built, copy, ignore=shutil.ignore_patterns(".*_cache", "__pycache__"))
    body = copy / "services/business/order_place.py"
    body.write_text(body.read_text().replace("order: Order)", "order: Order, hurry: bool)"))
    told = run(copy, "mypy")
    assert "handlers.py" in told
    assert "hurry" in told


def test_nothing_emitted_knows_its_compiler(built: Path) -> None:
    for path in built.rglob("*.py"):
        assert "import bdc" not in path.read_text(), path
        assert "from bdc" not in path.read_text(), path


def test_a_new_operation_starts_as_a_scaffold_that_says_it_is_not_written() -> None:
    from bdc.ir import HandlerBody, Http, Operation, Origin
    from bdc.ir.types import EntityType
    from bdc_emitters.service.business import TEMPLATES, _handler

    origin = Origin(file="x.bds", line=1, column=1)
    operation = Operation(
        name="give_back",
        entity="Order",
        doc="Take it back.",
        returns=EntityType(name="Order"),
        body=HandlerBody(),
        http=Http(method="POST", path="/orders/{id}/give_back"),
        origin=origin,
    )
    text = TEMPLATES.render(
        "scaffold.py.j2",
        _handler(operation, "Order", "Order", "order_give_back", "order_give_back", "OrderGiveBack"),
    )
    assert "async def give_back(" in text
    assert "context: OrderGiveBackContext," in text
    assert '"not-implemented"' in text


def test_a_system_that_nothing_reaches_is_built(tmp_path: Path) -> None:
    spec = tmp_path / "spec"
    spec.mkdir()
    text = "bds 1\nmodule found @unguarded\n\nentity Line @keyless {\n  text: string?\n}\n"
    (spec / "found.bds").write_text(text, encoding="utf-8")
    out = build(spec, tmp_path / "out")
    ast.parse((out / "api/routes.py").read_text(encoding="utf-8"))


def test_names_with_numbers_are_in_the_order_that_the_linter_wants(tmp_path: Path) -> None:
    spec = tmp_path / "spec"
    spec.mkdir()
    names = ("Part1", "Part2", "Part10")
    text = "bds 1\nmodule parts\n" + "".join(
        f"entity {name} {{ id: uuid = uuid7() @id  size: int }}\npolicy {name} {{ allow read, create to anonymous }}\n"
        for name in names
    )
    api = "".join(f"  resource {name} {{ ops list, get, create }}\n" for name in names)
    (spec / "parts.bds").write_text(f"{text}api Parts v1 {{\n{api}}}\n", encoding="utf-8")
    out = build(spec, tmp_path / "out")
    assert run(out, "ruff", "check", ".") == ""
