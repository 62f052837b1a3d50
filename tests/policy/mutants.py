"""Do the emitted tests notice a layer that enforces other rules than the specification's?

`python -m tests.policy.mutants --seed 1 --count 60`: mutants are sampled by seed from every operator at every site, for every layer. Each is
built into one layer, while the layers that would hide it are off, and the emitted matrix is tried on what it changes; permissions
are held to a plain reading of the rules. Survivors are printed, and there must be none. What changes no verdict on the rows of the
emitted tests is not a mutant that they could notice: these are counted.
"""

import argparse
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice, zip_longest
from pathlib import Path
from random import Random

from bdc.ir import PolicyRule, SystemIR
from bdc.policy.layers import Layer
from bdc.policy.matrix import Matrix
from bdc.stack import Server, start
from bdc_emitters.service.permissions import permission_views
from bdc_emitters.tests.cells import Cells
from tests.policy.mutations import Mutation, combined, mutations
from tests.runtime.ward_world import SPEC as WARD
from tests.runtime.ward_world import WITHOUT_ROW_SECURITY
from tests.support.emitted import build, compiled, run_tests

SPECS = (WARD, Path(__file__).parent / "grove")
WITHOUT_TRIGGERS = """
do $$ declare each record; begin
  for each in select tgname, tgrelid::regclass as place from pg_trigger where tgname like '%\\_grant%' loop
    execute format('alter table %s disable trigger %I', each.place, each.tgname);
  end loop;
end $$
"""
STATEMENTS = (Layer.READS, Layer.WRITES)
Cell = tuple[str, ...]


@dataclass(frozen=True)
class Mutant:
    """`tests`: the emitted tests that are about what it changes."""

    spec: Path
    layer: Layer
    mutation: Mutation
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.spec.name}: {self.mutation.operator} of {self.mutation.site} in {self.layer}"


class Subject:
    """A specification, what its emitted tests try, and the mutants that they could notice."""

    def __init__(self, spec: Path) -> None:
        self.spec = spec
        self.system = compiled(spec)[1]
        self.blind: Counter[str] = Counter()

    @cached_property
    def verdicts(self) -> dict[Cell, object]:
        return verdicts(self.system)

    @cached_property
    def offered(self) -> frozenset[str]:
        """The emitted tests that there are."""
        document = Cells(self.system).document()
        found = {f"test_sql[{cell['entity']}-{cell['action']}]" for cell in document["cells"]}
        for entity, facts in document["entities"].items():
            found |= {f"test_rest[{entity}-{action}]" for action in facts["rest"]}
            found |= {f"test_graphql[{entity}-{action}]" for action in facts["graphql"]}
        for cell in document["fields"]:
            facts, name = document["entities"][cell["entity"]], f"[{cell['entity']}.{cell['field']}-"
            found |= {f"test_reading{name}"} if "read" in facts["rest"] else set()
            found |= {f"test_writing{name}"} if cell["field"] in facts["update_members"] else set()
        return frozenset(found)

    def sampled(self, chance: Random) -> Iterator[Mutant]:
        """Yield mutants in random order, without those that change nothing."""
        every = [(mutation, layer) for mutation in mutations(self.system) for layer in layers(mutation)]
        chance.shuffle(every)
        for mutation, layer in every:
            tests = self.tests(mutation, layer)
            if tests:
                yield Mutant(self.spec, layer, mutation, tests)
            else:
                self.blind[layer] += 1

    def tests(self, mutation: Mutation, layer: Layer) -> tuple[str, ...]:
        if layer is Layer.PERMISSIONS:
            return ("plain reading",) if views(mutation.system) != views(self.system) else ()
        changed = [
            cell for cell, verdict in verdicts(mutation.system).items() if self.verdicts.get(cell) != verdict
        ]
        found = dict.fromkeys(name for cell in changed for name in names(cell, layer))
        return tuple(name for name in found if name in self.offered)


def layers(mutation: Mutation) -> tuple[Layer, ...]:
    """The layers where the rule is lowered."""
    if mutation.side == "read":
        return (Layer.READS,)
    if mutation.side == "write":
        return (Layer.WRITES, Layer.TRIGGERS)
    return (Layer.READS, Layer.WRITES, Layer.ROWS, Layer.PERMISSIONS)


def verdicts(system: SystemIR) -> dict[Cell, object]:
    """Return what the judge of the emitted tests says of every cell."""
    document = Cells(system).document()
    found: dict[Cell, object] = {
        (cell["entity"], cell["action"], cell["caller"], cell["row"]): cell["allowed"]
        for cell in document["cells"]
    }
    for cell in document["fields"]:
        for side in ("seen", "written"):
            found[cell["entity"], cell["field"], cell["caller"], cell["row"], side] = cell[side]
    return found


def names(cell: Cell, layer: Layer) -> Iterator[str]:
    """The emitted tests that try a cell where a layer stands alone."""
    entity, action = cell[:2]
    if len(cell) == 5:
        wanted = {"seen": (Layer.READS,), "written": (Layer.WRITES, Layer.TRIGGERS)}[cell[4]]
        test = "test_reading" if cell[4] == "seen" else "test_writing"
        if layer in wanted:
            yield f"{test}[{entity}.{action}-"
    elif layer is Layer.ROWS:
        yield f"test_sql[{entity}-{action}]"
    elif layer in (Layer.READS, Layer.WRITES) and (layer is Layer.READS) == (action == "read"):
        yield f"test_rest[{entity}-{action}]"
        yield f"test_graphql[{entity}-{action}]"


@dataclass(frozen=True)
class Batch:
    """Mutants of one layer and surface that are noticed by different tests, so that they can be tried in one output."""

    spec: Path
    layer: Layer
    surface: str
    mutants: tuple[Mutant, ...]

    def takes(self, mutant: Mutant, surface: str) -> bool:
        if (mutant.spec, mutant.layer, surface) != (self.spec, self.layer, self.surface):
            return False
        return not any(_meet(mutant, each) for each in self.mutants)

    @property
    def system(self) -> SystemIR:
        """The specification with all of the mistakes."""
        found = compiled(self.spec)[1]
        for mutant in self.mutants:
            found = combined(found, mutant.mutation)
        return found

    def tests(self, mutant: Mutant) -> tuple[str, ...]:
        return tuple(name for name in mutant.tests if self.surface in name) or mutant.tests


def _meet(one: Mutant, other: Mutant) -> bool:
    sites = {one.mutation.entity, other.mutation.entity}
    return (
        len(sites) < 2
        or "role" in one.mutation.site + other.mutation.site
        or bool({*one.tests} & {*other.tests})
    )


def batches(mutants: Iterable[Mutant]) -> list[Batch]:
    """Put each mutant into the first batch that takes it."""
    found: list[Batch] = []
    for number, mutant in enumerate(mutants):
        surface = ("test_rest", "test_graphql")[number // 2 % 2] if mutant.layer in STATEMENTS else "test_"
        place = next((index for index, batch in enumerate(found) if batch.takes(mutant, surface)), None)
        if place is None:
            found.append(Batch(mutant.spec, mutant.layer, surface, (mutant,)))
        else:
            found[place] = replace(found[place], mutants=(*found[place].mutants, mutant))
    return found


class Trial:
    """Tries mutants on a server. The layer that a mutant is in stands alone; without the mutant it holds, or that is no trial."""

    def __init__(self, server: Server, folder: Path, *, trusted: bool = False) -> None:
        """`trusted`: each layer is known to hold without a mutant."""
        self._server, self._folder, self._trusted = server, folder, trusted
        self._held: dict[tuple[Path, Layer], set[str]] = {}
        self._number = 0

    def survivors(self, batch: Batch) -> Iterator[Mutant]:
        if batch.layer is Layer.PERMISSIONS:
            plain = mismatches(compiled(batch.spec)[1], batch.spec)
            yield from (
                each for each in batch.mutants if mismatches(each.mutation.system, batch.spec) == plain
            )
            return
        tests = tuple(dict.fromkeys(name for each in batch.mutants for name in batch.tests(each)))
        self._require_held(batch, tests)
        # The service would refuse a role that only the statement lets in: there it reads the same rules.
        enforcing = (batch.layer, Layer.PERMISSIONS) if batch.layer in STATEMENTS else (batch.layer,)
        failed = self._failed(batch, tests, dict.fromkeys(enforcing, batch.system))
        for mutant in batch.mutants:
            if not any(name in result for name in batch.tests(mutant) for result in failed):
                yield mutant

    def _require_held(self, batch: Batch, tests: tuple[str, ...]) -> None:
        held = self._held.setdefault((batch.spec, batch.layer), set())
        if not self._trusted and not set(tests) <= held:
            failed = self._failed(batch, tests, {})
            assert not failed, (batch.layer, failed)
            held.update(tests)

    def _failed(
        self, batch: Batch, tests: tuple[str, ...], readings: dict[Layer, SystemIR]
    ) -> frozenset[str]:
        """Build into a folder of its own, switch the other layers off, and return which tests fail."""
        self._number += 1
        inline = batch.layer is not Layer.TRIGGERS
        out = build(
            batch.spec, self._folder / f"out{self._number}", inline_policies=inline, readings=readings
        )
        script = self._folder / f"{batch.layer}.sql"
        script.write_text(WITHOUT_ROW_SECURITY + ";" + WITHOUT_TRIGGERS, encoding="utf-8")
        opened = {"TEST_AFTER_MIGRATION": str(script)} if batch.layer in STATEMENTS else {}
        files = ["tests/security/test_permission_matrix.py", "tests/security/test_field_rules.py"]
        files = [file for file in files if (out / file).is_file()]  # no rule of a field, no tests of them
        url = self._server.superuser_url
        outcome = run_tests(out, [*files, "-k", " or ".join(tests)], TEST_DATABASE_URL=url, **opened)
        shutil.rmtree(out)
        return frozenset(name for name, result in outcome.results.items() if result == "failed")


def views(system: SystemIR) -> object:
    """What the permissions of a system decide: a caller by relation is any caller with a token."""
    return [
        (view.operation, view.by_row, frozenset(view.roles) & {"anonymous"} if view.by_row else view.roles)
        for view in permission_views(system, Matrix(system))
    ]


def mismatches(enforced: SystemIR, spec: Path) -> frozenset[tuple[str, str]]:
    """Return where the permissions of `enforced` admit other callers than a plain reading of the specification's rules."""
    system = compiled(spec)[1]
    callers = [role.name for role in system.roles if role.entity is None]
    found = set()
    for view in permission_views(enforced, Matrix(enforced)):
        entity, _, name = view.operation.partition(".")
        for role in (*callers, "(no role)") if name else ():
            action = {"list": "read", "get": "read"}.get(name, name)
            admitted = role in view.roles or (view.by_row and role != "anonymous")
            if admitted is not could(system, entity, action, role):
                found.add((view.operation, role))
    return frozenset(found)


def could(system: SystemIR, entity: str, action: str, role: str) -> bool:
    """Whether some rule allows the action to a holder of the role on some row, and none refuses it on all."""
    policy = system.policy(entity)
    rules = [rule for rule in (policy.rules if policy else ()) if action in rule.actions]
    flat = [rule for rule in rules if rule.effect == "deny" and rule.via is None and rule.condition is None]
    if any(_means(system, rule, role, entity) == "claim" for rule in flat):
        return False
    return any(
        could(system, system.target_of(entity, rule.via), rule.via_action or action, role)
        if rule.via is not None
        else bool(_means(system, rule, role, entity))
        for rule in rules
        if rule.effect == "allow"
    )


def _means(system: SystemIR, rule: PolicyRule, role: str, entity: str) -> str:
    if not rule.roles:
        return "claim"
    for name in rule.roles:
        named = system.role(name)
        if named.entity is None and role in (named.granted_by or (name,)):
            return "claim"
        if named.entity == entity and role != "anonymous":
            return "relation"
    return ""


def survivors(
    server: Server, folder: Path, seed: int, count: int, specs: tuple[Path, ...] = SPECS
) -> list[Mutant]:
    """Try `count` mutants and return those that nothing noticed."""
    chance, trial = Random(seed), Trial(server, folder)
    subjects = [Subject(spec) for spec in specs]
    streams = [subject.sampled(chance) for subject in subjects]
    mutants = [mutant for mutant in islice(chain.from_iterable(zip_longest(*streams)), count * 2) if mutant][
        :count
    ]
    alive: list[Mutant] = []
    for batch in batches(mutants):
        survived = list(trial.survivors(batch))
        for mutant in batch.mutants:
            print("survived" if mutant in survived else "killed  ", mutant, flush=True)
        alive += survived
    blind = sum((subject.blind for subject in subjects), Counter[str]())
    print(
        f"{len(mutants)} tried, {len(alive)} survived; passed over, because no verdict changes: {dict(blind)}"
    )
    return alive


def main() -> int:
    """Print what became of each mutant; exit 1 when any survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, start() as server:
        return 1 if survivors(server, Path(folder), given.seed, given.count) else 0


if __name__ == "__main__":
    raise SystemExit(main())
