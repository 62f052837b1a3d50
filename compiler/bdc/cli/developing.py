"""What `bdc dev` does at each change: check, migrate, build what serves, start again; the last good service runs on otherwise.

What comes in: a running backend and changed files. What goes out: lines on the terminal. The rest of the output, which no request needs, is
built after the service answers again.
"""

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bdc.cli.report import report
from bdc.diagnostics import DiagnosticSink
from bdc.ir import SystemIR
from bdc.project import Project, load_project
from bdc.stack.reach import StackError
from bdc.syntax.kept import Trees

if TYPE_CHECKING:
    from bdc.evolution.next_migration import Step
    from bdc.stack.up import Running
    from bdc.stack.warm import Warm

SERVING = ("openapi", "graphql", "postgres", "service")
# Hazards of a migration after which rows are gone.
_LOSES = ("DROP_COLUMN", "DROP_TABLE", "NARROW_TYPE", "ENUM_REMOVE")


@dataclass
class Development:
    """One `bdc dev`. `system` is what the service runs. `assume_yes`: data may be lost without a question."""

    spec: Path
    out: Path
    system: SystemIR
    up: "Running"
    warm: "Warm"
    assume_yes: bool = False
    _trees: Trees = field(default_factory=Trees)
    _left: "Project | None" = None  # what the files that serve no request are to be built from

    def changed(self) -> bool:
        """Bring the backend to the files as they are now; return whether the service runs them."""
        begun = time.perf_counter()
        found = self._compiled()
        if found is None:
            _fail("check", "the specification has errors; the last good service keeps running")
            return False
        project, system = found
        try:
            return self._reached(project, system, begun)
        except StackError as error:
            _fail("dev", str(error))
        except SystemExit:
            _fail("dev", "nothing was changed; the last good service keeps running")
        return False

    def _compiled(self) -> tuple[Project, SystemIR] | None:
        from bdc.pipeline import compile_system

        sink = DiagnosticSink()
        project = load_project(self.spec, sink)
        if not project.files:
            report(sink.in_source_order(), (), "human", always=False)
            return None
        compilation = compile_system(project.files, parse=self._trees.parse)
        report((*sink.in_source_order(), *compilation.diagnostics), project.files, "human", always=False)
        return None if compilation.system is None else (project, compilation.system)

    def _reached(self, project: Project, system: SystemIR, begun: float) -> bool:
        from bdc.cli.commands.build import build

        migrates = False
        if system != self.system:
            step = self._step(project, system)
            if step is not None:
                self._migration(step)
            plan = build(project, system, self.out, SERVING)
            written = [*(file.path for file in plan.write), *plan.remove]
            migrates = step is not None or any(path.startswith("database/") for path in written)
        self._own_code(project)
        if migrates:
            self._migrate_beside_the_import()
        self.up.restart(self.warm)
        _done("serve", f"{len(system.entities)} entities", time.perf_counter() - begun)
        self.system, self._left = system, project
        return True

    def _migrate_beside_the_import(self) -> None:
        """Migrate while the new service imports its code, which needs no database."""
        self.warm.begin(self.out, self.up.settings, self.up.backend.log)
        try:
            self.warm.migrate(self.out, self.up.settings)
        except BaseException:
            self.warm.forget()
            raise

    def finish(self) -> None:
        """Build the files that no request needs, after the last of several edits."""
        from bdc.cli.commands.build import build

        project, self._left = self._left, None
        if project is None:
            return
        begun = time.perf_counter()
        try:
            plan = build(project, self.system, self.out)
        except SystemExit:
            _fail("build", "the files that serve no request are those of an earlier edit")
            return
        _done("build", f"{len(plan.write)} other files", time.perf_counter() - begun)

    def _own_code(self, project: Project) -> None:
        from bdc.output.writer import commit, plan_write
        from bdc.project import own_code

        plan = plan_write(self.out, own_code(project.root), partial=True)
        if not plan.conflicts:
            commit(plan)

    def _step(self, project: Project, system: SystemIR) -> "Step | None":
        """Return the migration that is needed. Exits where there is no way, with the reason on the terminal."""
        from bdc.evolution import read_history
        from bdc.evolution.locations import placed
        from bdc.evolution.next_migration import advance
        from bdc.query import compile_queries

        history = read_history(self.out)
        last = history[-1]
        step = advance(last.state, system, compile_queries(system, True), last.system)
        if step.planned.refusals:
            found = list(placed(step.planned.refusals, system, project.files))
            report(found, project.files, "human", always=False)
            sys.exit(1)
        return step if step.is_needed else None

    def _migration(self, step: "Step") -> None:
        """Write the migration, after a question where rows are lost by it."""
        from bdc.cli.migration import write_step
        from bdc.cli.proving import proved

        lost = [
            hazard for each in step.planned.operations for hazard in each.hazards if hazard.code in _LOSES
        ]
        for hazard in lost:
            click.echo(f"{click.style('!', fg='yellow')} {hazard.object}: {hazard.message}", err=True)
        if lost and not self.assume_yes and not _agreed():
            sys.exit(1)
        begun = time.perf_counter()
        proof = proved(step, self.system, (), "human", prove=False)
        name = write_step(step, self.out, "dev", proof)
        _done("migrate", f"{name}: {len(step.planned.operations)} operations", time.perf_counter() - begun)


def _agreed() -> bool:
    """Ask on a terminal; elsewhere the answer is no."""
    if not sys.stdin.isatty():
        click.echo("rows would be lost: run `bdc dev --yes`, or answer on a terminal", err=True)
        return False
    return click.confirm("Apply it, and lose these rows?", default=False)


def _done(step: str, detail: str, seconds: float) -> None:
    click.echo(
        f"{click.style('✓', fg='green')} {step:<9} {detail} {click.style(f'({seconds:.2f} s)', dim=True)}"
    )


def _fail(step: str, detail: str) -> None:
    click.echo(f"{click.style('✗', fg='red')} {step:<9} {detail}", err=True)
