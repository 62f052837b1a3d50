"""Client generators of others over the documents of a backend. Each writes a client into a folder, compiles it, and says what it can call.

`READERS` by the name of the tool: given the folder with `openapi.json` and `schema.graphql` and an empty one for the client, what comes out
are the names that the client has for operations (spelled as `spelled` spells them). A warning, a client that does not
compile or cannot be imported is an AssertionError with the generator's words.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.support.tools import not_run, tool

Reader = Callable[[Path, Path], set[str]]
MODELS = ("datamodel-code-generator",)  # write no operations
GRAPHQL = ("graphql-codegen",)

_IMPORTED = """
import importlib, inspect, pkgutil, sys
sys.path.insert(0, "")
package = importlib.import_module("client")
for found in pkgutil.walk_packages(getattr(package, "__path__", ()), "client."):
    module = importlib.import_module(found.name)
    print(found.name.rpartition(".")[2])
    for name, value in inspect.getmembers(module, inspect.isclass):
        print(*vars(value))
"""
_TS = {
    "strict": True,
    "noEmit": True,
    "skipLibCheck": True,
    "target": "es2022",
    "module": "esnext",
    "moduleResolution": "bundler",
    "lib": ["es2022", "dom", "dom.iterable"],
    "types": [],
}


def missing(name: str) -> str | None:
    """Return why `name` cannot run here, None when it can."""
    needed = [name, "openapi-typescript"] if name in ("orval", *GRAPHQL) else [name]  # it has the compiler
    if name == "openapi-generator" and shutil.which("java") is None:
        return "not run: openapi-generator needs Java"
    return next((not_run(each) for each in needed if tool(each) is None), None)


def spelled(name: str) -> str:
    """Return a name without what generators change: `list_orders`, `listOrders` and `import_` for `import`."""
    return re.sub(r"[\W_]", "", name).lower()


def openapi_python_client(documents: Path, client: Path) -> set[str]:
    target = client / "client"
    said = _run(
        "openapi-python-client",
        *("generate", "--path", documents / "openapi.json", "--output-path", target, "--meta", "none"),
    )
    assert "WARNING" not in said and "Warning" not in said, said
    return _imported("openapi-python-client", client)


def openapi_generator(documents: Path, client: Path) -> set[str]:
    source = ("-i", documents / "openapi.json", "-o", client, "--package-name", "client")
    said = _run("openapi-generator", "generate", "-g", "python", *source)
    assert "ERROR" not in said, said
    return _imported("openapi-generator", client)


def datamodel_code_generator(documents: Path, client: Path) -> set[str]:
    """Return the names of models: it writes no operations."""
    _run(
        "datamodel-code-generator",
        *(
            "--input",
            documents / "openapi.json",
            "--input-file-type",
            "openapi",
            "--output",
            client / "client.py",
        ),
        *(
            "--output-model-type",
            "pydantic_v2.BaseModel",
            "--openapi-scopes",
            "schemas",
            "paths",
            "parameters",
        ),
    )
    _imported("datamodel-code-generator", client)
    return _words(client / "client.py", r"^class (\w+)|^(\w+) = ")


def openapi_typescript(documents: Path, client: Path) -> set[str]:
    _run("openapi-typescript", documents / "openapi.json", "-o", client / "client.ts")
    _type_checked(client)
    operations = (client / "client.ts").read_text().partition("export interface operations")[2]
    return {spelled(name) for name in re.findall(r'^    "?([\w-]+)"?: \{', operations, re.MULTILINE)}


def orval(documents: Path, client: Path) -> set[str]:
    shutil.copyfile(documents / "openapi.json", client / "openapi.json")
    _run("orval", "--input", "openapi.json", "--output", "client.ts", "--client", "fetch", cwd=client)
    _type_checked(client)
    return _words(client / "client.ts", r"^export const (\w+) = async")


def graphql_codegen(documents: Path, client: Path) -> set[str]:
    """Return the names of fields: it writes types of the schema."""
    made = {
        "schema": str(documents / "schema.graphql"),
        "generates": {str(client / "client.ts"): {"plugins": ["typescript"]}},
    }
    (client / "codegen.json").write_text(json.dumps(made))
    program = tool("graphql-codegen")
    assert program is not None
    _run("graphql-codegen", "--config", client / "codegen.json", cwd=program.parents[2])
    _type_checked(client)
    return _words(client / "client.ts", r"^  (\w+)\??:")


READERS: dict[str, Reader] = {
    "openapi-python-client": openapi_python_client,
    "openapi-generator": openapi_generator,
    "datamodel-code-generator": datamodel_code_generator,
    "openapi-typescript": openapi_typescript,
    "orval": orval,
    "graphql-codegen": graphql_codegen,
}


def _run(name: str, *arguments: str | Path, cwd: Path | None = None) -> str:
    program = tool(name)
    assert program is not None, name
    path = (
        f"{program.parent}{os.pathsep}{os.environ['PATH']}"  # a generator calls ruff, which stands beside it
    )
    return _done([str(program), *map(str, arguments)], cwd, {**os.environ, "PATH": path})


def _done(command: list[str], cwd: Path | None, environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-6000:]
    return said


def _imported(name: str, client: Path) -> set[str]:
    """Import every module of the package `client` with the Python of the tool, and return the names that its classes and modules have."""
    program = tool(name)
    assert program is not None, name
    command = [str(program.parent / "python"), "-W", "error::SyntaxWarning", "-c", _IMPORTED]
    return {spelled(word) for word in _done(command, client, dict(os.environ)).split()}


def _type_checked(client: Path) -> None:
    (client / "tsconfig.json").write_text(json.dumps({"compilerOptions": _TS, "include": ["client.ts"]}))
    program = tool("openapi-typescript")
    assert program is not None
    _done([str(program.with_name("tsc")), "-p", str(client)], client, dict(os.environ))


def _words(file: Path, pattern: str) -> set[str]:
    found = re.finditer(pattern, file.read_text(), re.MULTILINE)
    return {spelled(next(filter(None, each.groups()))) for each in found}
