"""The server: tools, resources and prompts, registered on the SDK's server."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from bdc import __version__
from bdc.agents.folder import Folder, OutsideFolder
from bdc.agents.prompts import STAGES
from bdc.agents.query import WrongQuery
from bdc.agents.tools import Tools

INSTRUCTIONS = (
    "bdc compiles .bds specifications into whole backends. Read bdc://language/skill first. Write files with your own tools, then call "
    "check, fix what it reports, test, and diff. Paths are relative to one folder; none outside of it is read or written."
)


def make_server(root: Path) -> MCPServer:
    """Return the server for the specifications below `root`."""
    server: MCPServer = MCPServer("bdc", version=__version__, instructions=INSTRUCTIONS)
    tools = Tools(Folder(root.resolve()))
    for tool in tools.all():
        server.tool(name=tool.__name__)(_told(tool))
    _resources(server, tools)
    for name, (title, text) in STAGES.items():
        _prompt(server, name, title, text)
    return server


def _told(tool: Callable[..., Any]) -> Callable[..., Any]:
    """Return `tool` with expected failures turned into text for the agent."""
    from functools import wraps

    @wraps(tool)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return tool(*arguments, **named)
        except (OutsideFolder, WrongQuery, KeyError) as error:
            raise ToolError(str(error.args[0] if error.args else error)) from error

    return call


def _resources(server: MCPServer, tools: Tools) -> None:
    @server.resource(
        "bdc://language/skill", mime_type="text/markdown", description="The language in one page."
    )
    def skill() -> str:
        return files("bdc_specs").joinpath("agents", "SKILL.md").read_text(encoding="utf-8")

    @server.resource(
        "bdc://language/{chapter}", mime_type="text/markdown", description="One chapter of the language."
    )
    def chapter(chapter: str) -> str:
        return tools.chapter(chapter)

    @server.resource("bdc://chapters", mime_type="application/json", description="The names of the chapters.")
    def chapters() -> str:
        return json.dumps(tools.chapters())

    @server.resource(
        "bdc://codes", mime_type="application/json", description="Every diagnostic code with its title."
    )
    def codes() -> str:
        from bdc.diagnostics.pages import pages

        return json.dumps(pages())

    @server.resource("bdc://codes/{code}", mime_type="text/markdown", description="The page of one code.")
    def code(code: str) -> str:
        from bdc.diagnostics.pages import page

        return page(code.upper())

    @server.resource(
        "bdc://map", mime_type="application/json", description="Files and declarations of the specification."
    )
    def project_map() -> str:
        return json.dumps(tools.map("."))

    @server.resource(
        "bdc://ir", mime_type="application/json", description="The typed IR of the specification."
    )
    def system() -> str:
        return json.dumps(tools.ir("."))


def _prompt(server: MCPServer, name: str, title: str, text: str) -> None:
    @server.prompt(name=name, description=title)
    def prompt(task: str) -> str:
        return text.format(task=task)
