"""What a user keeps beside the specification reaches the output, follows its changes, and survives every rebuild: code, routes, requirements."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bdc.cli import exits
from bdc.cli.main import cli
from bdc.output.requirements import Requirements, blocks

SPEC = """bds 1
module notes

entity Note {
  id: uuid = uuid7() @id
  text: string(1..80)
}
"""
ROUTES = '''"""Routes of our own."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []  # {}
'''
LOCK = """\
anyio==1.0.0 \\
    --hash=sha256:aaaa
    # via stripe
stripe==12.1.0 \\
    --hash=sha256:bbbb \\
    --hash=sha256:cccc
    # via -r requirements.in
zope-interface==7.2 ; python_version < "3.13" \\
    --hash=sha256:dddd
"""


def bdc(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    (folder / "services/business").mkdir(parents=True)
    (folder / "api").mkdir()
    (folder / "notes.bds").write_text(SPEC, encoding="utf-8")
    (folder / "services/business/prices.py").write_text('"""Prices."""\n', encoding="utf-8")
    (folder / "api/extensions.py").write_text(ROUTES.format("first"), encoding="utf-8")
    (folder / "requirements.in").write_text("Stripe>=12  # payments\nzope.interface\n", encoding="utf-8")
    (folder / "requirements.lock").write_text(LOCK, encoding="utf-8")
    return folder


def built(spec: Path) -> tuple[Path, str]:
    out = spec.parent / "out"
    done = bdc("build", spec, "--out", out)
    assert done.exit_code == exits.OK, done.output
    return out, done.output


def test_copies_follow_the_files_beside_the_specification(spec: Path) -> None:
    out, _ = built(spec)
    assert (out / "api/extensions.py").read_text(encoding="utf-8") == ROUTES.format("first")
    (spec / "api/extensions.py").write_text(ROUTES.format("second"), encoding="utf-8")
    (spec / "services/business/prices.py").unlink()
    (spec / "services/business/taxes.py").write_text('"""Taxes."""\n', encoding="utf-8")
    built(spec)
    assert (out / "api/extensions.py").read_text(encoding="utf-8") == ROUTES.format("second")
    assert not (out / "services/business/prices.py").exists()
    assert (out / "services/business/taxes.py").exists()


def test_a_copy_that_was_edited_stays_and_is_named(spec: Path) -> None:
    out, _ = built(spec)
    mine = ROUTES.format("edited in the output")
    (out / "api/extensions.py").write_text(mine, encoding="utf-8")
    (spec / "api/extensions.py").write_text(ROUTES.format("third"), encoding="utf-8")
    for _ in range(2):
        _, told = built(spec)
        assert "`api/extensions.py`" in told and "was edited" in told
        assert (out / "api/extensions.py").read_text(encoding="utf-8") == mine
    (spec / "api/extensions.py").unlink()
    built(spec)
    assert (out / "api/extensions.py").read_text(encoding="utf-8") == mine


def test_a_file_written_later_takes_the_place_of_an_untouched_scaffold(spec: Path) -> None:
    mine = (spec / "api/extensions.py").read_text(encoding="utf-8")
    (spec / "api/extensions.py").unlink()
    out, _ = built(spec)
    assert (out / "api/extensions.py").read_text(encoding="utf-8") != mine
    (spec / "api/extensions.py").write_text(mine, encoding="utf-8")
    built(spec)
    assert (out / "api/extensions.py").read_text(encoding="utf-8") == mine


def test_requirements_reach_every_lock_and_keep_the_pins_of_the_service(spec: Path) -> None:
    out, _ = built(spec)
    declared = (out / "requirements.in").read_text(encoding="utf-8")
    assert "asyncpg" in declared and declared.endswith("Stripe>=12\nzope.interface\n")
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (out / name).read_text(encoding="utf-8")
        pins = dict(blocks(lock))
        assert len(pins) == len(list(blocks(lock))), "a package is pinned once"
        assert pins["stripe"].count("--hash=sha256:") == 2
        assert 'python_version < "3.13"' in pins["zope-interface"]
        assert not pins["anyio"].startswith("anyio==1.0.0"), "what the service runs on stays as it is"
    before = (out / "requirements.lock").read_bytes()
    _, told = built(spec)
    assert "0 files written, 0 removed" in told
    assert (out / "requirements.lock").read_bytes() == before
    assert "COPY requirements.lock" in (out / "infrastructure/docker/Dockerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("declared", "locked", "code"),
    [
        ("stripe\n", "", "E907"),
        ("stripe\n", "stripe==12.1.0\n", "E907"),
        ("boto3\n", LOCK, "E907"),
        ("--index-url https://example.test/simple\n", LOCK, "E906"),
        ("-r more.in\n", LOCK, "E906"),
    ],
)
def test_what_could_not_be_installed_is_an_error_at_check(
    declared: str, locked: str, code: str, spec: Path
) -> None:
    (spec / "requirements.in").write_text(declared, encoding="utf-8")
    (spec / "requirements.lock").write_text(locked, encoding="utf-8")
    done = bdc("check", spec)
    assert (done.exit_code, code in done.output) == (exits.SPEC, True), done.output


def test_names_are_compared_as_indexes_do() -> None:
    own = Requirements(
        "Zope.Interface[test]>=7 ; python_version < '4'\n\n# nothing\nA_b @ https://example.test/a.whl\n",
        LOCK,
    )
    assert own.names == ("zope-interface", "a-b")
    assert own.unlocked == ("a-b",)


def test_lock_pins_with_the_resolver_that_is_there(
    spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A resolver that stands in for uv: it is given the pins of the service, and its answer is the lock."""
    program = tmp_path / "bin" / "uv"
    program.parent.mkdir()
    program.write_text(
        '#!/bin/sh\nfor word; do test "$before" = --constraint && cp "$word" pins.txt; before=$word; done\n'
        'printf "stripe==12.2.0 --hash=sha256:eeee\\n" > requirements.lock\n',
        encoding="utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    (spec / "requirements.in").write_text("stripe\n", encoding="utf-8")
    done = bdc("lock", spec)
    assert (done.exit_code, "1 packages pinned" in done.output) == (exits.OK, True), done.output
    assert "asyncpg==" in (spec / "pins.txt").read_text(encoding="utf-8")
    assert bdc("check", spec).exit_code == exits.OK
    (spec / "requirements.in").unlink()
    assert bdc("lock", spec).exit_code == exits.USAGE
