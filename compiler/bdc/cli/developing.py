"""What `bdc dev` does at each change: check, migrate, build what serves, start again; the last good service runs on otherwise.

What comes in: a running backend and changed files. What goes out: lines on the terminal. The rest of the output, which no request needs, is
made in a process of its own after the service answers again, and written when it is whole; the next edit does not wait for it.
"""

import gc
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
from bdc.source.forking import Apart, can_fork
from bdc.stack.reach import StackError
from bdc.syntax.kept import Trees

if TYPE_CHECKING:
    from bdc.evolution.next_migration import Step
    from bdc.output import GeneratedFile
    from bdc.output.python_source import Formatted
    from bdc.stack.up import Running
    from bdc.stack.warm import Warm

Made = tuple["list[GeneratedFile]", "Formatted", float]  # files, what was formatted, seconds
# What runs, and what it answers with.
SERVING = ("openapi", "graphql", "postgres", "service", "jobs", "mails", "relay", "receivers", "audit")
# Hazards of a migration after which rows are gone.
_LOSES = ("DROP_COLUMN", "DROP_TABLE", "NARROW_TYPE", "ENUM_REMOVE")


@dataclass
class Development:
    """One `bdc dev`. `system` is what the files in `out` that serve were built from. `assume_yes`: data may be lost without a question."""

    spec: Path
    out: Path
    system: SystemIR
    up: "Running"
    warm: "Warm"
    assume_yes: bool = False
    _trees: Trees = field(default_factory=Trees)
    _ready: bool = False
    _behind: bool = False  # whether the service is to be started from other files than it runs
    _left: "Project | None" = None  # what the files that serve no request are to be built from
    _making: "Apart[Made] | None" = None

    def changed(self) -> bool:
        """Bring the backend to the files as they are now; return whether the service runs them."""
        begun = time.perf_counter()
        self.stop()
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

    def _compiled(self, *, told: bool = True) -> tuple[Project, SystemIR] | None:
        """Return the specification as it is now, None where it has errors; says what was found, with `told`."""
        from bdc.pipeline import compile_system

        sink = DiagnosticSink()
        project = load_project(self.spec, sink)
        if not project.files:
            if told:
                report(sink.in_source_order(), (), "human", always=False)
            return None
        compilation = compile_system(project.files, parse=self._trees.parse)
        if told:
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
            self._behind = self._behind or migrates or bool(written)
        self._behind = self._own_code(project) or self._behind
        if migrates:
            self._migrate_beside_the_import()
        detail = f"{len(system.entities)} entities"
        if self._behind:
            self.up.restart(self.warm)
        else:
            detail += ": nothing that runs has changed"
        self._behind = False
        self.system, self._left = system, project
        _done("serve", detail, time.perf_counter() - begun)
        return True

    def _migrate_beside_the_import(self) -> None:
        """Migrate while the new service imports its code, which needs no database."""
        self.warm.begin(self.out, self.up.settings, self.up.backend.log)
        try:
            self.warm.migrate(self.out, self.up.settings)
        except BaseException:
            self.warm.forget()
            raise

    def rest(self) -> None:
        """Use a moment without edits: prepare for the first one, or go on with the files that no request needs."""
        if not self._ready:
            self._ready = True
            self._prepare()
        elif self._making is not None:
            if self._making.ended():
                self._write(self._making.answer())
        elif self._left is not None:
            self._begin()

    def stop(self) -> None:
        """Leave files that are being made; they are made anew after the next edit."""
        if self._making is not None:
            self._making.stop()
            self._making = None

    def _prepare(self) -> None:
        """Do once what every edit needs first: read all files, and what the last migration was made from. An edit that came before is found."""
        found = self._compiled(told=False)
        if found is None or found[1] != self.system:
            self.changed()
        else:
            self._step(*found)
        gc.collect()
        gc.freeze()  # what was made until now stays: no later edit need walk it

    def _begin(self) -> None:
        """Begin to make the files that no request needs, after the last of several edits."""
        project = self._left
        assert project is not None
        if can_fork():
            self._making = Apart(lambda: _made(project, self.system))
        else:
            self._write(_made(project, self.system))

    def _write(self, made: "Made") -> None:
        from bdc.cli.commands.build import build
        from bdc.output.python_source import learn

        project, self._left, self._making = self._left, None, None
        assert project is not None
        files, formatted, seconds = made
        begun = time.perf_counter()
        learn(formatted)
        try:
            plan = build(project, self.system, self.out, made=files)
        except SystemExit:
            _fail("build", "the files that serve no request are those of an earlier edit")
            return
        _done("build", f"{len(plan.write)} other files", seconds + time.perf_counter() - begun)

    def _own_code(self, project: Project) -> bool:
        """Copy the user's own code; return whether something of it had changed."""
        from bdc.output.writer import commit, plan_write
        from bdc.project import own_code

        plan = plan_write(self.out, own_code(project.root), partial=True)
        if plan.conflicts:
            return False
        commit(plan)
        return bool(plan.write)

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


def _made(project: Project, system: SystemIR) -> "Made":
    """Return every file of a build, what the formatter made of those that were new to it, and the seconds it took."""
    from bdc.cli.commands.build import emitted
    from bdc.output.python_source import learned

    begun = time.perf_counter()
    learned()
    return emitted(project, system), learned(), time.perf_counter() - begun


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
