"""The command line in process: what every command says, and how it ends."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from bdc.cli import exits
from bdc.cli.main import COMMANDS, cli
from tests.support.shop import ROOT, SPEC

Bdc = Callable[..., Result]
MODULE = "bds 1\nmodule small\n\n"
GOOD = MODULE + "entity Thing {\n  id: uuid = uuid7() @id\n}\n"


@pytest.fixture
def bdc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bdc:
    """Run `bdc` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Result:
        result = CliRunner().invoke(cli, [str(each) for each in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def built(bdc: Bdc) -> Path:
    """A small system, built into `out` (without the emitters that take longest)."""
    bdc("new", "small")
    assert build(bdc).exit_code == exits.OK
    return Path("out")


def build(bdc: Bdc, *more: str) -> Result:
    targets = ("--target", "openapi", "--target", "docker")
    return bdc("build", "small", "--out", "out", *targets, *more)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_help_lists_every_command_and_every_exit_code(bdc: Bdc) -> None:
    text = bdc("--help").output
    assert all(f"  {name} " in text for name in COMMANDS)
    codes = {value for name, value in vars(exits).items() if name.isupper()}
    assert all(f"{code} " in text for code in codes)
    for name in COMMANDS:
        assert bdc(name, "--help").exit_code == exits.OK


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bild"], "Did you mean `build`?"),
        (["build", SPEC], "Missing option '--out'"),
        (["build", SPEC, "--out", "out", "--target", "open_api"], "Did you mean `openapi`?"),
        (["build", SPEC, "--out", "out", "--target", "xyz"], "Known: service,"),
        (["check", SPEC, "--format", "xml"], "'xml' is not one of"),
        (["explain", "E4110"], "did you mean `E411`?"),
        (["new", "Small-1"], "small letters"),
        (["new", "pg_small"], "not with pg_"),
        (["up", SPEC, "--port", "70000"], "1<=x<=65535"),
    ],
)
def test_wrong_usage_is_answered_with_the_right_one(bdc: Bdc, arguments: list[str], said: str) -> None:
    result = bdc(*arguments)
    assert result.exit_code == exits.USAGE
    assert said in result.output
    assert not Path("out").exists()


@pytest.mark.parametrize("command", ["check", "ir", "fmt", "build"])
def test_what_cannot_be_read_is_named(bdc: Bdc, command: str) -> None:
    Path("folder.bds").mkdir()
    Path("latin.bds").write_bytes(b"bds 1\nmodule latin\n\n// caf\xe9\n")
    Path("large.bds").write_text("//" + "x" * 5_000_000, encoding="ascii")
    result = bdc(command, ".", *(["--out", "out"] if command == "build" else []))
    assert result.exit_code == exits.SPEC
    assert "cannot read `folder.bds`: Is a directory" in result.stderr
    assert "`latin.bds` is not UTF-8 text (line 4, column 7)" in result.stderr
    assert "`large.bds` has 5,000,002 bytes" in result.stderr
    assert not Path("out").exists()


def test_a_folder_that_is_not_there_or_holds_nothing(bdc: Bdc) -> None:
    Path("empty").mkdir()
    for path, code in (("nowhere", "E901"), ("empty", "E902")):
        for arguments in (["check"], ["ir"], ["fmt"], ["build", "--out", "out"], ["up"]):
            result = bdc(arguments[0], path, *arguments[1:])
            assert result.exit_code == exits.SPEC, arguments
            assert code in result.stderr


@pytest.mark.parametrize("style", ["human", "json", "sarif"])
def test_diagnostics_in_every_format(bdc: Bdc, style: str) -> None:
    Path("bad.bds").write_text(MODULE + "entity Thing {\n  id: uuidd @id\n  other: Nothing\n}\n")
    result = bdc("check", ".", "--format", style)
    assert result.exit_code == exits.SPEC
    if style == "human":
        assert "bad.bds:5:7" in result.stderr
        assert "uuid" in result.stderr
        assert result.stdout == ""
        return
    assert result.stderr == ""
    found = json.loads(result.stdout)
    if style == "json":
        assert {(each["code"], each["primary"]["file"]) for each in found["diagnostics"]} >= {
            ("E103", "bad.bds")
        }
    else:
        (run,) = found["runs"]
        places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
        assert {(each["artifactLocation"]["uri"], each["region"]["startLine"]) for each in places} >= {
            ("bad.bds", 5),
            ("bad.bds", 6),
        }
        assert {each["ruleId"] for each in run["results"]} <= {
            rule["id"] for rule in run["tool"]["driver"]["rules"]
        }


def test_a_machine_gets_an_answer_when_nothing_is_wrong(bdc: Bdc) -> None:
    assert json.loads(bdc("check", SPEC, "--format", "json").stdout) == {"diagnostics": []}
    assert json.loads(bdc("check", SPEC, "--format", "sarif").stdout)["runs"][0]["results"] == []
    assert bdc("check", SPEC).stdout.startswith("shop: 5 files, 8 entities")


def test_the_ir_is_what_its_schema_says(bdc: Bdc) -> None:
    schema = json.loads((ROOT / "specs" / "ir" / "system.schema.json").read_text(encoding="utf-8"))
    assert json.loads(bdc("ir", "--schema").stdout) == schema
    Draft202012Validator.check_schema(schema)
    document = json.loads(bdc("ir", SPEC).stdout)
    assert list(Draft202012Validator(schema).iter_errors(document)) == []
    del document["entities"][0]["name"]
    assert list(Draft202012Validator(schema).iter_errors(document))


def test_every_code_is_explained(bdc: Bdc) -> None:
    listed = [line.split("  ")[0] for line in bdc("explain").stdout.splitlines()]
    assert len(listed) > 100
    for code in listed:
        assert bdc("explain", code.lower()).stdout.startswith(f"# {code}")


def test_formatting_changes_only_what_is_not_formatted(bdc: Bdc) -> None:
    Path("a.bds").write_text(GOOD)
    Path("b.bds").write_text(GOOD.replace("  id: uuid", "      id :uuid").replace("small", "other"))
    before = Path("a.bds").stat().st_mtime_ns
    result = bdc("fmt", "--check", ".")
    assert (result.exit_code, result.stdout) == (exits.SPEC, "would format b.bds\n")
    assert ":uuid" in Path("b.bds").read_text()
    assert bdc("fmt", ".").stdout == "formatted b.bds\n"
    assert bdc("fmt", "--check", ".").exit_code == exits.OK
    assert Path("a.bds").stat().st_mtime_ns == before
    Path("b.bds").write_text("bds 1\nmodule other\n\nentity {{{\n")
    broken = bdc("fmt", ".")
    assert broken.exit_code == exits.SPEC
    assert Path("b.bds").read_text().endswith("entity {{{\n")


def test_a_hand_edit_is_kept_until_it_is_given_up(bdc: Bdc, built: Path) -> None:
    page = built / "api" / "documentation" / "openapi.json"
    page.write_text("mine")
    before = tree(built)
    refused = build(bdc)
    assert refused.exit_code == exits.CONFLICT
    assert "E910" in refused.stderr
    assert "nothing was written" in refused.stderr
    assert tree(built) == before
    assert build(bdc, "--overwrite", "api/documentation/openapi.json").exit_code == exits.OK
    assert json.loads(page.read_text())["openapi"]
    assert build(bdc).stdout.startswith("out: 0 files written")


def test_files_and_locks_of_others_are_left_alone(bdc: Bdc, built: Path) -> None:
    lock = (built / "bdc.lock").read_text()
    (built / "bdc.lock").unlink()
    (built / "api" / "documentation" / "openapi.json").write_text("somebody's")
    foreign = build(bdc)
    assert (foreign.exit_code, "E911" in foreign.stderr) == (exits.CONFLICT, True)
    (built / "bdc.lock").write_text("{}")
    unknown = build(bdc)
    assert (unknown.exit_code, "E912" in unknown.stderr) == (exits.CONFLICT, True)
    assert lock
    Path("file").touch()
    in_the_way = bdc("build", "small", "--out", "file")
    assert (in_the_way.exit_code, "is a file" in in_the_way.output) == (exits.USAGE, True)


def test_a_spec_with_errors_writes_nothing(bdc: Bdc, built: Path) -> None:
    before = tree(built)
    (Path("small") / "small.bds").write_text(MODULE + "entity Thing {\n  id: uuidd @id\n}\n")
    assert build(bdc).exit_code == exits.SPEC
    assert tree(built) == before


def test_moving_a_line_is_no_new_migration(bdc: Bdc) -> None:
    bdc("new", "small")
    arguments = ("build", "small", "--out", "out", "--target", "postgres")
    assert bdc(*arguments).exit_code == exits.OK
    file = Path("small/small.bds")
    file.write_text(file.read_text().replace("/// Something", "// a remark\n\n/// Something"))
    assert bdc(*arguments).exit_code == exits.OK
    file.write_text(file.read_text().replace("title: string(1..200)", "title: string(1..201)"))
    changed = bdc(*arguments)
    assert (changed.exit_code, "E913" in changed.stderr) == (exits.CONFLICT, True)


def test_an_edited_migration_stops_the_build(bdc: Bdc) -> None:
    bdc("new", "small")
    arguments = ("build", "small", "--out", "out", "--target", "postgres")
    bdc(*arguments)
    script = Path("out/database/migrations/0001_initial/01_expand.sql")
    script.write_text(script.read_text() + "-- by hand\n")
    before = tree(Path("out"))
    refused = bdc(*arguments)
    assert (refused.exit_code, "E915" in refused.stderr, "01_expand.sql" in refused.stderr) == (
        exits.CONFLICT,
        True,
        True,
    )
    assert tree(Path("out")) == before


@pytest.mark.parametrize("name", ["garden", "a", "order", "select", "task", "app", "starter"])
def test_a_new_specification_is_right_and_formatted(bdc: Bdc, name: str) -> None:
    assert bdc("new", name).exit_code == exits.OK
    assert bdc("check", name).exit_code == exits.OK
    assert bdc("fmt", "--check", name).exit_code == exits.OK
    again = bdc("new", name)
    assert (again.exit_code, "exists already" in again.stderr) == (exits.CONFLICT, True)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that something listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def test_up_says_what_is_in_its_way(bdc: Bdc, taken: int) -> None:
    bdc("new", "small")
    in_use = bdc("up", "small", "--port", taken)
    assert (in_use.exit_code, f"port {taken} is in use" in in_use.stderr) == (exits.OUTSIDE, True)
    assert not Path("small/.bdc/up.json").exists()
    away = bdc("up", "small", "--port", 1, "--database", f"postgresql://nobody@127.0.0.1:{_nothing()}/small")
    assert (away.exit_code, "Connect call failed" in away.stderr) == (exits.OUTSIDE, True)


def _nothing() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_token_needs_something_that_was_started(bdc: Bdc) -> None:
    bdc("new", "small")
    result = bdc("token", "small", "--as", "ann")
    assert (result.exit_code, "run `bdc up small` first" in result.stderr) == (exits.OUTSIDE, True)


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m bdc.cli ir {SPEC} | head -c 10"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
