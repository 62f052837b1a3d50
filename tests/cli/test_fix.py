"""`bdc check --fix` repairs what leaves no choice, and never leaves a file worse than it was."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bdc.cli import exits
from bdc.cli.main import cli
from bdc.diagnostics import Severity
from bdc.fixing import fixed
from bdc.pipeline import compile_system
from bdc.source import SourceFile
from tests.support.specs import ROOT

BROKEN = sorted((ROOT / "tests").glob("*broken*/**/*.bds")) + sorted(
    (ROOT / "tests/syntax/broken").glob("*.bds")
)


def fix(path: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["check", str(path), "--fix", *options])


def repaired(text: str, **others: str) -> dict[str, str]:
    """Return the files after the fixes, by name; `text` is `a`."""
    files = [SourceFile(f"{name}.bds", body) for name, body in {"a": text, **others}.items()]
    return {path.removesuffix(".bds"): file.text for path, file in fixed(files).files.items()}


TAG = "entity Tag {\n  id: uuid @id\n%s}\n"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (TAG % "  name: strng(1..80)\n", TAG % "  name: string(1..80)\n"),
        (TAG % "  name: varchar\n", TAG % "  name: string\n"),
        (TAG % "  name: text @uniqe\n", TAG % "  name: text @unique\n"),
        (TAG % "  name: text @unique @unique // once\n", TAG % "  name: text @unique // once\n"),
        (TAG % "  name text\n", TAG % "  name: text\n"),
        (
            "enum Size {\n  small\n  large // most\n  small // again\n}\n",
            "enum Size {\n  small\n  large // most\n  // again\n}\n",
        ),
        ("enum Size {\n  small\n  small\n  large\n}\n", "enum Size {\n  small\n  large\n}\n"),
        (TAG % "  name: text\n  index (name, name)\n", TAG % "  name: text\n  index (name)\n"),
        (TAG % "  size: int\n  check a (size = 1)\n", TAG % "  size: int\n  check a (size == 1)\n"),
        (TAG % "  size: int;\n", TAG % "  size: int\n"),
        (TAG % "  size: int = 3 @computed(1)\n", TAG % "  size: int @computed(1)\n"),
        (TAG % "  size: int = 3 @computed(1), name: text\n", TAG % "  size: int @computed(1), name: text\n"),
    ],
)
def test_what_leaves_no_choice_is_repaired(wrong: str, right: str) -> None:
    head = "bds 1\nmodule shop\n\n"
    assert repaired(head + wrong)["a"] == head + right
    assert repaired((head + wrong).replace("\n", "\r\n"))["a"] == (head + right).replace("\n", "\r\n")


OTHER = "bds 1\nmodule base\n\nentity Customer { id: uuid @id }\nentity Account { id: uuid @id }\n"


@pytest.mark.parametrize(
    ("uses", "after"),
    [
        ("", "\nuse base { Customer }\n"),
        ("\nuse base { Account }\n", "\nuse base { Customer }\n"),
        ("\nuse base {\n  Account,\n}\n", "\nuse base { Customer }\n"),
        (
            "\nuse base {\n  Account,\n}\n\nview Shown from x in Account { id: uuid = x.id }\n",
            "\nuse base {\n  Account,\n  Customer,\n}\n\nview Shown from x in Account { id: uuid = x.id }\n",
        ),
    ],
)
def test_imports_follow_what_is_used(uses: str, after: str) -> None:
    entity = "\nentity Order {\n  id: uuid @id\n  customer: Customer\n}\n"
    assert (
        repaired(f"bds 1\nmodule shop\n{uses}{entity}", base=OTHER)["a"]
        == f"bds 1\nmodule shop\n{after}{entity}"
    )


def test_a_misspelt_import_is_mended_where_it_is() -> None:
    entity = "entity Order {\n  id: uuid @id\n  customer: Customer\n}\n"
    text = f"bds 1\nmodule shop\n\nuse base {{ Custmer }}\n\n{entity}"
    assert repaired(text, base=OTHER + "entity User { id: uuid @id }\n")["a"] == text.replace(
        "Custmer", "Customer"
    )


def test_an_unused_import_goes_with_its_line() -> None:
    head, tail = (
        "bds 1\nmodule shop\n\nuse base {\n",
        "}\n\nentity Order {\n  id: uuid @id\n  customer: Customer\n}\n",
    )
    text = f"{head}  Account,\n  Customer,\n{tail}"
    assert repaired(text, base=OTHER)["a"] == f"{head}  Customer,\n{tail}"


@pytest.mark.parametrize(
    "text",
    [
        TAG % '  naam: text\n  nam: text\n  check a (nae == "x")\n',  # two names are as close
        TAG % "  name: text\n  name: string(1..40)\n",  # they differ
        TAG % '  name: text = "x @unique\n',  # where the text ends is a choice
    ],
)
def test_a_choice_is_left_to_the_user(text: str) -> None:
    whole = "bds 1\nmodule shop\n\n" + text
    assert repaired(whole)["a"] == whole


def test_a_fix_that_leads_to_a_new_error_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.bds"
    text = "bds 1\nmodule a\n\nentity Tag {\n  id: uuid @id\n  size: strng(1..9) = 5\n  kind: txt\n}\n"
    path.write_text(text, encoding="utf-8")
    done = fix(path)
    assert path.read_text(encoding="utf-8") == text.replace("txt", "text")
    assert "fixed a.bds:7:9: write `text` (E103)" in done.stdout
    assert (
        "not fixed a.bds:6:9: write `string` (E103): then expected `string(1..9)`, found `int`" in done.stdout
    )
    assert done.exit_code == exits.SPEC and "E103" in done.stderr


def test_the_file_keeps_its_bytes_around_the_fix(tmp_path: Path) -> None:
    path = tmp_path / "a.bds"
    text = "bds 1\r\nmodule a\r\n\r\nentity   Tag   {\r\n\tid: uuid @id\r\n  n: txt // ü\r\n}"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    path.chmod(0o640)
    done = fix(tmp_path, "--format", "json")
    assert path.read_bytes() == b"\xef\xbb\xbf" + text.replace("txt", "text").encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["a.bds"]
    assert done.exit_code == exits.OK
    assert done.stdout.startswith("{") and "fixed a.bds:6:6" in done.stderr


def test_nothing_to_fix_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.bds"
    path.write_text("bds 1\nmodule a\n\nentity Tag { id: uuid @id }\n", encoding="utf-8")
    before = path.stat()
    assert fix(path).exit_code == exits.OK
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=() if at % 4 == 0 else pytest.mark.long) for at, path in enumerate(BROKEN)],
    ids=lambda path: path.stem,
)
def test_no_broken_specification_gets_an_error_that_it_had_not(path: Path) -> None:
    file = SourceFile(path.name, path.read_text(encoding="utf-8"))
    done = fixed([file])
    known, left = (
        {
            (each.code, each.message)
            for each in compile_system(list(files)).diagnostics
            if each.severity is Severity.ERROR
        }
        for files in ([file], done.files.values())
    )
    assert left <= known
    assert fixed(list(done.files.values())).applied == () or done.refused
