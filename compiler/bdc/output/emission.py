"""Running the emitters: two processes where there are two processors, each with one run of the formatter.

Emitters are pure and know nothing of each other, so they may run anywhere; the result is a set of files. The second process is
forked when the compiled operations are ready and inherits them, so that nothing but finished files is sent.
"""

from collections.abc import Sequence

from bdc.output.emitter import EmitContext, Emitter
from bdc.output.files import GeneratedFile
from bdc.output.python_source import format_python, learn, learned
from bdc.source.forking import WORTH_A_PROCESS, both, can_fork


def run_emitters(
    emitters: Sequence[Emitter], context: EmitContext, omit: frozenset[str] = frozenset()
) -> list[GeneratedFile]:
    """Return all files of all emitters but those at paths in `omit`, Python formatted. Raises FormattingError."""
    if len(emitters) < 4 or len(context.system.entities) < WORTH_A_PROCESS or not can_fork():
        return _emit_and_format(emitters, context, omit)
    _ = context.queries
    here, there = _dealt(emitters)
    ours, (theirs, formatted) = both(
        lambda: _emit_and_format(here, context, omit),
        lambda: (_emit_and_format(there, context, omit), learned()),
    )
    learn(formatted)
    return ours + theirs


def _dealt(emitters: Sequence[Emitter]) -> tuple[list[Emitter], list[Emitter]]:
    """Split the work in halves, by what each emitter takes: the heaviest first, each to the side that has less so far."""
    sides: tuple[list[Emitter], list[Emitter]] = ([], [])
    for emitter in sorted(emitters, key=lambda each: -each.weight):
        min(sides, key=lambda side: sum(each.weight for each in side)).append(emitter)
    return sides


def _emit_and_format(
    emitters: Sequence[Emitter], context: EmitContext, omit: frozenset[str]
) -> list[GeneratedFile]:
    made = [
        file
        for emitter in emitters
        for file in emitter.emit(context.system, context)
        if file.path not in omit
    ]
    return format_python(made)
