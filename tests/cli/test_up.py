"""`bdc new`, `bdc up`, `bdc token`: from nothing to an answer, as a newcomer types it."""

import json
import signal
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64decode as b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from bdc.cli import exits
from bdc.cli.main import cli
from bdc.stack.backend import free_port

pytestmark = pytest.mark.postgres
STARTED_WITHIN = 240.0


@pytest.fixture(scope="module")
def garden() -> Iterator[Path]:
    """A folder with the specification `garden` in it, which the system user of PostgreSQL may enter."""
    with tempfile.TemporaryDirectory(prefix="bdc-newcomer-") as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        folder.chmod(0o755)
        patch.chdir(folder)
        assert CliRunner().invoke(cli, ["new", "garden"]).exit_code == exits.OK
        yield folder


@contextmanager
def up(folder: Path, *more: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Run `bdc up garden`; yield the process and the URL once it answers."""
    port = free_port()
    command = [sys.executable, "-m", "bdc.cli", "up", "garden", "--port", str(port), *more]
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_listen,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(process, url)
        yield process, url
    finally:
        process.kill()
        process.communicate()


def _listen() -> None:
    """A shell starts what runs in its background deaf to Ctrl-C, and children are born so: the terminal of a user is not."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _wait(process: "subprocess.Popen[str]", url: str) -> None:
    deadline = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()
        try:
            if httpx.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("it never became ready")


def migration_status(folder: Path) -> str:
    """What `bdc migrate` says of the embedded database, on a terminal of its own."""
    command = [sys.executable, "-m", "bdc.cli", "migrate", "status", "garden"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def token(folder: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["token", str(folder / "garden"), *arguments])
    return result.exit_code, result.output.strip()


def test_from_nothing_to_an_answer_and_back_again(garden: Path) -> None:
    with up(garden) as (process, url):
        _a_token_opens_what_its_role_may(garden, url)
        _a_token_needs_no_seed(garden, url)
        assert migration_status(garden) == "0001_initial: applied\n"
        process.send_signal(signal.SIGINT)
        told, complaints = process.communicate(timeout=30)
    assert (process.returncode, complaints) == (0, "")
    assert [step in told for step in ("compile", "build", "database", "migrate", "serve", "stopped")] == [
        True
    ] * 6
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/healthz")
    assert migration_status(garden) == "0001_initial: applied\n"
    spec = garden / "garden" / "api.bds"
    spec.write_text(spec.read_text(encoding="utf-8") + "\n// a remark\n", encoding="utf-8")
    with up(garden) as (_, url):
        code, bearer = token(garden, "--as", "ann", "--role", "member")
        assert code == exits.OK
        listed = httpx.get(f"{url}/v1/tasks", headers={"authorization": f"Bearer {bearer}"})
        assert [item["title"] for item in listed.json()["items"]] == ["Try bdc"]


def _a_token_opens_what_its_role_may(garden: Path, url: str) -> None:
    code, bearer = token(garden, "--as", "red.ann", "--role", "member")
    assert code == exits.OK
    headers = {"authorization": f"Bearer {bearer}"}
    made = httpx.post(f"{url}/v1/tasks", json={"title": "Try bdc"}, headers=headers)
    assert made.status_code == 201, made.text
    _, stranger = token(garden, "--as", "eve", "--role", "lead")
    missing = httpx.get(url + made.headers["location"], headers={"authorization": f"Bearer {stranger}"})
    assert missing.status_code == 404
    _, plain = token(garden, "--as", "ann")
    refused = httpx.get(f"{url}/v1/tasks", headers={"authorization": f"Bearer {plain}"})
    assert refused.status_code == 403
    _, late = token(garden, "--as", "ann", "--role", "member", "--expires", "-60")
    expired = httpx.get(f"{url}/v1/tasks", headers={"authorization": f"Bearer {late}"})
    assert expired.status_code == 401
    for arguments, said in (
        (("--as", "an"), "Did you mean `ann`?"),
        (("--as", "zebra"), "Known: red.ann, blue.eve."),
        (("--as", "ann", "--role", "membr"), "Did you mean `member`?"),
        ((), "give either --as ROW or --id KEY"),
        (("--id", "1", "--claim", "orgs=1"), "the identity has no claim `orgs`"),
    ):
        code, output = token(garden, *arguments)
        assert (code, said in output) == (exits.USAGE, True), output


def _a_token_needs_no_seed(garden: Path, url: str) -> None:
    _, bearer = token(garden, "--as", "red.ann", "--role", "member")
    said = json.loads(b64decode(bearer.split(".")[1] + "=="))
    claims = [
        word for name in ("org", "team") if name in said for word in ("--claim", f"{name}={said[name]}")
    ]
    code, other = token(garden, "--id", said["sub"], *claims, "--role", "member")
    assert code == exits.OK, other
    pages = [
        httpx.get(f"{url}/v1/tasks", headers={"authorization": f"Bearer {each}"}) for each in (bearer, other)
    ]
    assert [page.status_code for page in pages] == [200, 200]
    assert pages[0].json() == pages[1].json()


def test_a_killed_bdc_leaves_no_server_behind(garden: Path) -> None:
    with up(garden) as (process, url):
        process.kill()
        process.wait()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{url}/healthz", timeout=2)
            except httpx.TransportError:
                return
            time.sleep(0.1)
    raise AssertionError("the service outlived the bdc that started it")


@pytest.mark.long
def test_a_change_that_rows_do_not_allow_can_be_taken_back(garden: Path) -> None:
    """What was planned on the spot is forgotten, so that it stands before nothing that comes later."""
    spec = garden / "garden" / "garden.bds"
    text = spec.read_text(encoding="utf-8")
    with up(garden) as (process, url):
        _, bearer = token(garden, "--as", "ann", "--role", "member")
        for _ in range(2):
            headers = {"authorization": f"Bearer {bearer}"}
            assert httpx.post(f"{url}/v1/tasks", json={"title": "Twice"}, headers=headers).status_code == 201
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    spec.write_text(text.replace("  index (team, title)", "  unique (team, title)"), encoding="utf-8")
    command = [sys.executable, "-m", "bdc.cli", "up", "garden", "--port", str(free_port())]
    refused = subprocess.run(command, cwd=garden, capture_output=True, text=True, check=False)
    assert refused.returncode == exits.ROWS, refused.stderr
    assert "1 row of task repeat" in refused.stderr and "was discarded" in refused.stderr
    spec.write_text(text, encoding="utf-8")
    with up(garden):
        assert migration_status(garden) == "0001_initial: applied\n"
