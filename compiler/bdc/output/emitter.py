"""What an emitter is: a value with a name and a function from the IR to files."""

from collections.abc import Callable, Iterable
from functools import cached_property

from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledQueries
from bdc.output.files import GeneratedFile
from bdc.policy.layers import Readings
from bdc.source.records import dataclass


class EmitContext:
    """What emitters share within one build. `spec_files`: display path → text of the `.bds` files (for docs). Without
    `inline_policies` no statement holds a policy and row level security stands alone: for tests that show that it can. So are `readings`:
    layers that enforce the rules of another system."""

    def __init__(
        self,
        system: SystemIR,
        spec_files: dict[str, str] | None = None,
        *,
        inline_policies: bool = True,
        readings: Readings | None = None,
    ) -> None:
        self.system = system
        self.readings = readings or {}
        self.spec_files = spec_files or {}
        self.inline_policies = inline_policies

    @cached_property
    def queries(self) -> CompiledQueries:
        """The compiled operations, made on first use (sqlglot is heavy) and shared by all emitters."""
        from bdc.query import compile_queries

        return compile_queries(self.system, self.inline_policies, self.readings)


@dataclass(frozen=True, slots=True)
class Emitter:
    """One target. `emit` is pure: IR in, files out; no file system, no clock, no other emitter. `weight`: the time that it and the
    formatting of its files take for many entities, beside the others."""

    name: str
    emit: Callable[[SystemIR, EmitContext], Iterable[GeneratedFile]]
    weight: int = 1
