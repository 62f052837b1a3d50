"""`bdc mcp`, asked by the SDK's own client over both transports."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from bdc.cli.main import cli
from bdc.pipeline import compile_system
from bdc.source import SourceFile
from bdc.stack.backend import free_port
from tests.support.shop import ROOT

pytestmark = pytest.mark.asyncio
AGENTS = ROOT / "specs" / "bdc_specs" / "agents"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli, ["new", "todo", "--agents"]).exit_code == 0
    return tmp_path / "todo"


@asynccontextmanager
async def over_stdio(folder: Path) -> AsyncIterator[Client]:
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "bdc.cli", "mcp", str(folder)], env=dict(os.environ)
    )
    async with Client(stdio_client(server)) as client:
        yield client


@asynccontextmanager
async def over_http(folder: Path) -> AsyncIterator[Client]:
    port = free_port()
    command = [sys.executable, "-m", "bdc.cli", "mcp", str(folder), "--http", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.1)
        async with Client(f"http://127.0.0.1:{port}/mcp") as client:
            yield client
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize("connect", [over_stdio, over_http])
async def test_both_transports_offer_tools_resources_and_prompts(folder: Path, connect: Any) -> None:
    async with connect(folder) as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
        assert names >= {
            "check",
            "explain",
            "format",
            "build",
            "diff",
            "plan",
            "matrix",
            "why",
            "ir_query",
            "test",
        }
        assert (await _call(client, "check"))["ok"] is True
        prompts = {prompt.name for prompt in (await client.list_prompts()).prompts}
        assert prompts >= {"analyse", "design", "plan", "build", "test", "deploy", "greenfield", "brownfield"}
        skill = await client.read_resource("bdc://language/skill")
        assert "entity Order" in str(skill)


async def test_write_check_fix_why_and_stay_inside(folder: Path) -> None:
    spec = folder / "todo.bds"
    good = spec.read_text(encoding="utf-8")
    async with over_stdio(folder) as client:
        spec.write_text(good.replace("owner: Person?", "owner: Persn?"), encoding="utf-8")
        found = await _call(client, "check")
        assert found["ok"] is False and found["diagnostics"][0]["fix"]["sure"] is True
        code = found["diagnostics"][0]["code"]
        assert code in await _text(client, "explain", code=code)
        spec.write_text(good, encoding="utf-8")
        why = await _call(client, "why", operation="Task.update", roles=["member"])
        assert why["answer"] == "conditionally" and why["rules"][0]["line"] > 0
        assert (await _call(client, "review"))["scores"]["security"] <= 100
        names = await _call(client, "ir_query", path="entities[name=Task].fields.name")
        assert "done_at" in names["found"][0]
        assert "erDiagram" in await _text(client, "graph")
        mapped = json.loads(str((await client.read_resource("bdc://map")).contents[0].text))
        declared = {(each["kind"], each["name"]) for file in mapped for each in file["declares"]}
        assert declared >= {("entity", "Task"), ("policy", "Task"), ("machine", "Task.status")}
        chapter = await client.read_resource("bdc://language/policy")
        assert "scope" in str(chapter)
        await _stays_inside(client, folder)


async def _stays_inside(client: Client, folder: Path) -> None:
    """Paths stay inside, and no database is named."""
    for tool, arguments in (
        ("check", {"spec": "../.."}),
        ("build", {"out": "../elsewhere"}),
        ("diff", {"old": "db:postgres://db.example.com/prod"}),
        ("format", {"spec": "/etc"}),
    ):
        result = await client.call_tool(tool, arguments)
        assert result.is_error, tool
        assert "folder" in str(result.content)
    (folder / "link").symlink_to("/etc")
    assert (await client.call_tool("check", {"spec": "link"})).is_error
    assert not (folder.parent / "elsewhere").exists()


async def test_what_agents_read_is_short_and_its_example_compiles() -> None:
    texts = [(AGENTS / name).read_text(encoding="utf-8") for name in ("AGENTS.md", "SKILL.md")]
    tokens = sum(len(re.findall(r"\w+|[^\w\s]", text)) for text in texts)
    assert tokens < 4000, tokens
    (example,) = re.findall(r"^```bds\n(.*?)^```$", texts[1], re.MULTILINE | re.DOTALL)
    found = compile_system([SourceFile("shop.bds", example)])
    assert [each.message for each in found.diagnostics] == []


async def _call(client: Client, tool: str, **arguments: Any) -> Any:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    told = result.structured_content
    if isinstance(told, dict) and set(told) == {"result"}:
        return told["result"]
    return told if told is not None else json.loads(result.content[0].text)


async def _text(client: Client, tool: str, **arguments: Any) -> str:
    return str(await _call(client, tool, **arguments))
