"""Outside tools on an output: what is installed runs, finds its bad example, and nothing in what we emit."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bdc.cli.commands.verify import command
from bdc.inspection import TOOLS, State, Tool, inspect
from tests.support.shop import build_shop

# These are asked by tests of their own, or take too long beside them.
SLOW = {"checkov", "ruff", "bandit", "squawk", "openapi-spec-validator", "kubernetes-validate"}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_shop(tmp_path_factory.mktemp("shop"))


@pytest.mark.tool
@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_tool_finds_its_example_and_nothing_else(
    out: Path, tool: Tool, request: pytest.FixtureRequest
) -> None:
    if tool.name in SLOW:
        pytest.skip(f"{tool.name} is asked by a test of its own")
    (outcome,) = inspect(out, [tool])
    if outcome.state is State.MISSING:
        pytest.skip(f"not run: {tool.name} is not installed")
    assert outcome.state is State.PASSED, outcome.text


def _tool(name: str, program: str, good: list[str], bad: list[str]) -> Tool:
    return Tool(name, "a subject", (program,), lambda out, scratch: [good], lambda out, scratch: bad)


def test_silence_of_a_tool_that_finds_nothing_at_all_is_no_pass(tmp_path: Path) -> None:
    tools = [
        _tool("deaf", "true", [], []),
        _tool("loud", "false", [], []),
        _tool("good", "sh", ["-c", "exit 0"], ["-c", "exit 3"]),
        _tool("gone", "no-such-program-anywhere", [], []),
    ]
    states = [outcome.state for outcome in inspect(tmp_path, tools)]
    assert states == [State.UNRELIABLE, State.FINDINGS, State.PASSED, State.MISSING]


def test_command_says_what_ran_and_fails_on_what_is_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import bdc.inspection

    tools = (
        _tool("good", "sh", ["-c", "exit 0"], ["-c", "exit 3"]),
        _tool("gone", "no-such-program", [], []),
    )
    monkeypatch.setattr(bdc.inspection, "TOOLS", tools)
    done = CliRunner().invoke(command, [str(tmp_path), "--format", "json"])
    assert done.exit_code == 0
    assert [row["state"] for row in json.loads(done.stdout)] == ["passed", "missing"]
    assert CliRunner().invoke(command, [str(tmp_path), "--require", "all"]).exit_code == 4
    assert CliRunner().invoke(command, [str(tmp_path), "--tool", "nothing"]).exit_code == 2
    loud = (_tool("loud", "false", [], []),)
    monkeypatch.setattr(bdc.inspection, "TOOLS", loud)
    assert CliRunner().invoke(command, [str(tmp_path)]).exit_code == 1
