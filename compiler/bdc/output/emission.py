"""Running the emitters: two processes where there are two processors, each with one run of the formatter.

Emitters are pure and know nothing of each other, so they may run anywhere; the result is a set of files. The second process is
forked when the compiled operations are ready and inherits them, so that nothing but finished files is sent.
"""

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from bdc.output.emitter import EmitContext, Emitter
from bdc.output.files import GeneratedFile
from bdc.output.python_source import format_python

# Below this many entities a second process costs more than it saves.
WORTH_A_PROCESS = 20

# What a forked process inherits: context and the paths to leave out. Set just before it is forked.
_inherited: tuple[EmitContext, frozenset[str]] | None = None


def run_emitters(
    emitters: Sequence[Emitter], context: EmitContext, omit: frozenset[str] = frozenset()
) -> list[GeneratedFile]:
    """Return all files of all emitters but those at paths in `omit`, Python formatted. Raises FormattingError."""
    here, there = _dealt(emitters, context)
    if not there:
        return _emit_and_format(emitters, context, omit)
    global _inherited
    _ = context.queries
    _inherited = (context, omit)
    try:
        with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("fork")) as pool:
            theirs = pool.submit(_emit_inherited, there)
            ours = _emit_and_format(here, context, omit)
            return ours + theirs.result()
    finally:
        _inherited = None


def _dealt(emitters: Sequence[Emitter], context: EmitContext) -> tuple[Sequence[Emitter], Sequence[Emitter]]:
    """Split the work: the emitters that come first make most of the Python and weigh about as much as all the others."""
    can = hasattr(os, "fork") and (os.cpu_count() or 1) > 1
    if not can or len(emitters) < 4 or len(context.system.entities) < WORTH_A_PROCESS:
        return emitters, ()
    third = len(emitters) // 3
    return emitters[:third], emitters[third:]


def _emit_inherited(emitters: Sequence[Emitter]) -> list[GeneratedFile]:
    assert _inherited is not None
    context, omit = _inherited
    return _emit_and_format(emitters, context, omit)


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
