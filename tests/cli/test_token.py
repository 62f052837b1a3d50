"""`bdc token` says what the service would refuse a token for, before the service does."""

from pathlib import Path

from click.testing import CliRunner

from bdc.cli.commands.up import _caller
from bdc.cli.main import cli
from bdc.stack.keys import development_keys
from bdc.stack.up import up_state
from bdc.stack.workspace import UpState, Workspace
from tests.support.emitted import compiled

HARBOUR = Path(__file__).parents[1] / "systems" / "harbour"


def started(folder: Path) -> UpState:
    """What `bdc up` leaves for a system whose tokens carry two claims beside key and roles."""
    workspace = Workspace(folder)
    state = up_state(compiled(HARBOUR)[1], "http://127.0.0.1:8000", development_keys(workspace.keys))
    workspace.save(state)
    return state


def test_a_claim_that_is_missing_is_named(tmp_path: Path) -> None:
    started(tmp_path)
    bare = CliRunner().invoke(cli, ["token", str(tmp_path), "--id", "ann"])
    assert bare.exit_code == 0
    assert bare.stderr.count("the service rejects a token without") == 2
    assert "add --claim port=VALUE" in bare.stderr and "add --claim names=VALUE" in bare.stderr
    claims = ["--claim", "port=HAM", "--claim", 'names=["HAM"]']
    whole = CliRunner().invoke(cli, ["token", str(tmp_path), "--id", "ann", *claims])
    assert (whole.exit_code, whole.stderr) == (0, "")


def test_the_command_that_is_shown_gives_them(tmp_path: Path) -> None:
    assert _caller(started(tmp_path)) == " --id KEY --role agent --claim port=VALUE --claim names=VALUE"


def test_callers_of_a_second_identity_get_keys_and_not_tokens(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    system = compiled(HARBOUR.parent / "turnstile")[1]
    workspace.save(up_state(system, "http://127.0.0.1:8000", development_keys(workspace.keys)))
    told = CliRunner().invoke(cli, ["token", str(tmp_path), "--as", "demo.east", "--role", "gate"])
    assert told.exit_code == 4 and "the database is not embedded" in told.stderr
    assert "--identity Gate --claim hall=" in told.stderr and "--role gate" in told.stderr
    wrong = CliRunner().invoke(cli, ["token", str(tmp_path), "--as", "demo.east", "--role", "desk"])
    assert "there is no role `desk`" in wrong.stderr
    none = CliRunner().invoke(cli, ["token", str(tmp_path), "--id", "1", "--identity", "Person"])
    assert "`Person` is no second identity" in none.stderr
    staff = CliRunner().invoke(cli, ["token", str(tmp_path), "--as", "ann", "--role", "desk"])
    assert staff.exit_code == 0 and staff.stdout.count(".") == 2
