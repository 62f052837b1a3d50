"""What `bdc test` adds to a build of its own: every scenario as a document, and the program that plays them.

What comes in: the whole IR. What goes out: `tests/e2e/play.py` and what it reads. No output of `bdc build` has them: the clock of the
database is another one here, which only a throw-away server may have.
"""

from collections.abc import Iterable

from bdc.ir import StepKind, SystemIR
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.output.document import to_json
from bdc.output.runtime import runtime_files
from bdc_emitters.tests.scenarios import Data, ScenarioWriter

_CLOCK = (StepKind.AT, StepKind.AFTER)


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    """Yield the program and its document."""
    without = frozenset() if system.jobs else frozenset({"tests/e2e/played_jobs.py"})
    without |= frozenset() if system.receivers else frozenset({"tests/e2e/played_webhooks.py"})
    for file in runtime_files("bdc_emitters.tests.player"):
        if file.path not in without:
            yield file
    yield GeneratedFile("tests/e2e/play.json", to_json(play_document(system)))


def play_document(system: SystemIR) -> Data:
    """Return the scenarios with all of their steps. `clock`: whether one of them moves the clock."""
    steps = [step for scenario in system.scenarios for step in scenario.steps]
    return {
        "clock": any(step.kind in _CLOCK for step in steps),
        "jobs": bool(system.jobs),
        "scenarios": [
            ScenarioWriter(system, each).document() | {"at": f"{each.origin.file}:{each.origin.line}"}
            for each in system.scenarios
        ],
    }


EMITTER = Emitter(name="player", emit=emit)
