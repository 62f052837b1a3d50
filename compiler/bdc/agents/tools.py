"""The tools, as plain functions: each says what it takes and gives in its docstring, which agents read."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from bdc.agents.folder import Folder, OutsideFolder
from bdc.agents.query import WrongQuery, query
from bdc.ir import SystemIR

_OUT = ".bdc/agents"


class Tools:
    """Bound to one folder."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def all(self) -> tuple[Callable[..., Any], ...]:
        return (
            self.check, self.explain, self.format, self.build, self.diff, self.plan, self.review, self.matrix, self.why,
            self.ir_query, self.test, self.graph,
        )  # fmt: skip

    def check(self, spec: str = ".", production: bool = False) -> dict[str, Any]:
        """Check a specification (a folder of .bds files): every diagnostic with code, place, help and fix. `ok` says whether it compiles.
        `production`: also list what a production deployment still needs."""
        from bdc.diagnostics import DiagnosticSink
        from bdc.diagnostics.render import render_json
        from bdc.pipeline import compile_system
        from bdc.project import load_project

        sink = DiagnosticSink()
        project = load_project(self._folder.inside(spec), sink)
        found = compile_system(project.files, production=production)
        every = (*sink.in_source_order(), *(found.diagnostics if project.files else ()))
        told = json.loads(render_json(every, {file.path: file for file in project.files}))
        return {"ok": bool(project.files) and found.system is not None, **told}

    def explain(self, code: str) -> str:
        """Return the page of a diagnostic code (E101): what is wrong, and a wrong and a right example."""
        from bdc.diagnostics.pages import page, pages

        if code.upper() not in pages():
            raise WrongQuery(f"there is no code `{code}`; the resource bdc://codes lists them")
        return page(code.upper())

    def format(self, spec: str = ".") -> dict[str, Any]:
        """Lay out every .bds file of a specification in the one form."""
        return self._folder.run("fmt", self._path(spec))

    def build(self, spec: str = ".", out: str = f"{_OUT}/out") -> dict[str, Any]:
        """Compile a specification into a whole backend in the folder `out`. Stops at hand edits of generated files."""
        return self._folder.run("build", self._path(spec), "--out", self._path(out))

    def diff(self, old: str, new: str = ".") -> dict[str, Any]:
        """Compare two specifications (folders, or an output folder as `old`): database, REST, GraphQL, events, access, rollout."""
        return self._folder.run("diff", self._path(old), self._path(new), "--format", "json")

    def plan(self, old: str, new: str = ".") -> dict[str, Any]:
        """Return the steps of the migration from `old` to `new`, with their locks and hazards."""
        told = self.diff(old, new)
        try:
            found = json.loads(told["output"])
        except ValueError:
            return told
        return {
            name: value
            for name, value in found.items()
            if name in ("database", "operations", "rollout", "refusals")
        }

    def review(self, spec: str = ".") -> dict[str, Any]:
        """Review a specification in five panels: findings with code, place and fix, a score per panel, and what is worth most."""
        told = self._folder.run("review", self._path(spec), "--format", "json")
        if not told["output"]:
            raise WrongQuery(told["messages"].strip())
        found: dict[str, Any] = json.loads(told["output"])
        return found

    def matrix(self, spec: str = ".", entity: str | None = None) -> list[dict[str, Any]]:
        """Return the permission matrix: for each entity, action and role the verdict, its condition and the rules that decide."""
        from bdc.permissions.matrix_page import as_data

        return as_data(self._system(spec), entity)

    def why(
        self,
        operation: str,
        roles: list[str],
        spec: str = ".",
        row: str | None = None,
        caller: str | None = None,
    ) -> dict[str, Any]:
        """Explain why callers with `roles` may or may not do `Entity.action`: the rules with their lines. With `row` and `caller` (names of
        rows of the seeds), each rule is evaluated on an embedded PostgreSQL."""
        arguments = ["policy", "why", self._path(spec), "--op", operation, "--json"]
        arguments += [part for role in roles for part in ("--role", role)]
        arguments += [*(["--row", row] if row else []), *(["--as", caller] if caller else [])]
        told = self._folder.run(*arguments)
        if told["exit_code"] != 0:
            raise WrongQuery(told["messages"].strip())
        explained: dict[str, Any] = json.loads(told["output"])
        return explained

    def ir_query(self, path: str, spec: str = ".") -> dict[str, Any]:
        """Ask the resolved system: `entities.name`, `entities[name=Order].fields.name`, `policies[entity=Order].rules`. An empty path
        gives the names of the top level."""
        data = self.ir(spec)
        return {"found": query(data, path) if path else sorted(data)}

    def test(self, spec: str = ".", only: str = "") -> dict[str, Any]:
        """Build a specification, and run its emitted tests on an embedded PostgreSQL: scenarios, and the permission matrix on SQL, REST and
        GraphQL. `only`: an expression that chooses tests by name."""
        from bdc.agents.testing import run_emitted

        out = f"{_OUT}/test"
        told = self._folder.run("build", self._path(spec), "--out", out)
        return told if told["exit_code"] != 0 else run_emitted(self._folder.inside(out), only)

    def graph(self, kind: str = "entities", spec: str = ".") -> str:
        """Return a picture as Mermaid text: entities, machines, requests, architecture or permissions."""
        from bdc.diagrams import KINDS, pictures

        if kind not in KINDS:
            raise WrongQuery(f"there is no picture `{kind}`: {', '.join(KINDS)}")
        return "\n".join(text for _, text in pictures(self._system(spec), kind, "mermaid"))

    # ---- what resources read -------------------------------------------------------------------------------------------
    def map(self, spec: str) -> list[dict[str, Any]]:
        from bdc.agents.project_map import project_map
        from bdc.diagnostics import DiagnosticSink
        from bdc.project import load_project

        return project_map(load_project(self._folder.inside(spec), DiagnosticSink()))

    def ir(self, spec: str) -> dict[str, Any]:
        return self._system(spec).model_dump(mode="json")

    def chapters(self) -> list[str]:
        return sorted(
            path.name.removesuffix(".md") for path in _chapters().iterdir() if path.name.endswith(".md")
        )

    def chapter(self, name: str) -> str:
        if name not in self.chapters():
            raise WrongQuery(f"there is no chapter `{name}`: {', '.join(self.chapters())}")
        return _chapters().joinpath(f"{name}.md").read_text(encoding="utf-8")

    def _system(self, spec: str) -> SystemIR:
        from bdc.diagnostics import DiagnosticSink
        from bdc.pipeline import compile_system
        from bdc.project import load_project

        project = load_project(self._folder.inside(spec), DiagnosticSink())
        found = compile_system(project.files).system
        if found is None:
            raise WrongQuery("the specification has errors: call `check`")
        return found

    def _path(self, path: str) -> str:
        """Return a path inside the folder, relative to it; `git:` and `db:` addresses are none."""
        if ":" in path:
            raise OutsideFolder(
                f"`{path}`: paths of this folder only, no addresses of databases or revisions"
            )
        return self._folder.inside(path).relative_to(self._folder.root).as_posix()


def _chapters() -> Path:
    """Return the folder of the chapters: in the package, or beside it in a checkout."""
    package = Path(str(files("bdc_specs")))
    inside = package / "language"
    return inside if inside.is_dir() else package.parent / "language"
