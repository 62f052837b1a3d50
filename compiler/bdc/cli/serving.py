"""What `bdc up` does while its service runs: shows what goes wrong, and starts it again when the user's code was edited."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bdc.project import OWN_CODE, OWN_FILES, own_code, own_paths
from bdc.stack.reach import StackError
from bdc.stack.service_log import Failures
from bdc.stack.watching import Watch

if TYPE_CHECKING:
    from bdc.stack.up import Running

_EVERY = 0.3


class Serving:
    """A running service, the user's code beside its specification in `root`, and the copy of that in `out`."""

    def __init__(self, up: "Running", root: Path, out: Path) -> None:
        self._up, self._root, self._out = up, root, out
        self._failures = Failures(up.backend.log)
        self._beside = Watch(lambda: own_paths(root))
        self._copies = Watch(lambda: own_paths(out))

    def wait(self) -> int:
        """Return the exit code of the service when it ends by itself. While the user's code does not start, it waits for an edit."""
        starts = True
        while not starts or self._up.backend.process.poll() is None:
            time.sleep(_EVERY)
            self._show()
            if edited := self._edited():
                starts = self._start_again(edited)
        self._show()
        return self._up.backend.wait()

    def _show(self) -> None:
        for failure in self._failures.new():
            click.echo(f"{click.style('✗', fg='red')} {failure}", err=True)

    def _edited(self) -> tuple[Path, ...]:
        """Return what was edited, after copying what was edited beside the specification."""
        beside = self._beside.changed()
        if beside:
            self._copy()
        return tuple(dict.fromkeys((*beside, *self._copies.changed())))

    def _copy(self) -> None:
        from bdc.output.writer import commit, plan_write

        plan = plan_write(self._out, own_code(self._root), partial=True)
        if plan.conflicts:
            paths = ", ".join(conflict.path for conflict in plan.conflicts)
            click.echo(f"{paths}: something else stands there in {self._out}", err=True)
            return
        commit(plan)
        for path in plan.kept_copies:
            click.echo(f"`{path}` in `{self._out}` was edited, and does not follow this one", err=True)

    def _start_again(self, edited: Iterable[Path]) -> bool:
        begun = time.perf_counter()
        names = ", ".join(sorted({_within(path) for path in edited}))
        try:
            self._up.restart()
        except StackError as error:
            click.echo(f"{click.style('✗', fg='red')} reload    {names}: {error}", err=True)
            self._failures = Failures(self._up.backend.log)
            return False
        self._copies.changed()
        click.echo(f"{click.style('✓', fg='green')} reload    {names} ({time.perf_counter() - begun:.2f} s)")
        return True


def _within(path: Path) -> str:
    text = path.as_posix()
    start = max(text.rfind(OWN_CODE), *(text.rfind(name) for name in OWN_FILES))
    return text[start:] if start >= 0 else text
