"""A small specification in a repository of git, and `bdc` in it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bdc.cli.main import cli

Bdc = Callable[..., Result]


def git(*arguments: str) -> None:
    who = ("-c", "user.email=ann@acme.test", "-c", "user.name=Ann")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def bdc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bdc:
    """Run `bdc` in an empty folder, with a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(*arguments: object) -> Result:
        result = CliRunner().invoke(cli, [str(each) for each in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def small(bdc: Bdc) -> Path:
    """The folder of the starter specification, committed."""
    bdc("new", "small")
    Path(".gitignore").write_text("cache/\n")
    git("init", "-q", "-b", "main", ".")
    git("add", "-A")
    git("commit", "-qm", "first")
    return Path("small")


def edit(file: Path, old: str, new: str) -> None:
    """Change one piece of text, which must be there."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
