"""The emitter: IR in, files of `database/` out."""

from collections.abc import Iterator

from bdc.ir import SystemIR
from bdc.output import EmitContext, GeneratedFile
from bdc.output.runtime import runtime_files
from bdc.schema.initial import initial_migration
from bdc_emitters.postgres.release import placing, release
from bdc_emitters.postgres.seeds import seed_files

# What only a system with materialized views needs.
REFRESHER = ("database/refresh.py", "database/engine/refresh.py")


def emit(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Yield the migration, the release, the seeds and the runner."""
    yield from initial_migration(system, context.queries)
    yield release(system, context.queries)
    if system.sharded:
        yield placing(system, context.queries)
    yield from seed_files(system)
    refreshed = any(view.refresh is not None for view in system.views)
    for file in runtime_files("bdc_emitters.postgres"):
        if refreshed or file.path not in REFRESHER:
            yield file
