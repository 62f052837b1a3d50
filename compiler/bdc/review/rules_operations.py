"""Operations: what an environment needs so that it can be run, restored and watched."""

from collections.abc import Iterator

from bdc.advice.widths import index_bytes, row_bytes
from bdc.ir import StepKind
from bdc.review.rule import Hit, Rule, Subject

_HOUR = 3600.0


def no_deploy(subject: Subject) -> Iterator[Hit]:
    if subject.system.apis and not any(subject.deployments()):
        yield Hit(subject.system.name)


def one_replica(subject: Subject) -> Iterator[Hit]:
    for deploy, service in subject.services():
        if service.replicas_min < 2:
            yield Hit(f"{deploy.name}: {service.api}", deploy.origin)


def one_database(subject: Subject) -> Iterator[Hit]:
    yield from (
        Hit(deploy.name, deploy.origin) for deploy in subject.deployments() if deploy.database.replicas < 2
    )


def no_availability(subject: Subject) -> Iterator[Hit]:
    for deploy, service in subject.services():
        if service.availability is None:
            yield Hit(f"{deploy.name}: {service.api}", deploy.origin)


def no_latency(subject: Subject) -> Iterator[Hit]:
    for deploy, service in subject.services():
        if service.latency_p95 is None:
            yield Hit(f"{deploy.name}: {service.api}", deploy.origin)


def no_backup(subject: Subject) -> Iterator[Hit]:
    yield from (Hit(deploy.name, deploy.origin) for deploy in subject.deployments() if deploy.backup is None)


def no_alerts(subject: Subject) -> Iterator[Hit]:
    for deploy in subject.deployments():
        if deploy.alerts is None or (deploy.alerts.page is None and deploy.alerts.ticket is None):
            yield Hit(deploy.name, deploy.origin)


def no_memory(subject: Subject) -> Iterator[Hit]:
    for deploy, service in subject.services():
        if service.memory_limit is None:
            yield Hit(f"{deploy.name}: {service.api}", deploy.origin)


def no_scaling(subject: Subject) -> Iterator[Hit]:
    for deploy, service in subject.services():
        moves = service.replicas_max > service.replicas_min
        if moves and service.cpu_target is None and service.requests_target is None:
            yield Hit(f"{deploy.name}: {service.api}", deploy.origin)


def one_environment(subject: Subject) -> Iterator[Hit]:
    found = list(subject.deployments())
    if len(found) == 1:
        yield Hit(found[0].name, found[0].origin)


def small_storage(subject: Subject) -> Iterator[Hit]:
    system = subject.system
    needed = sum(
        subject.rows.get(table.entity, 0) * (row_bytes(system, table) + index_bytes(system, table))
        for table in system.tables
    )
    for deploy in subject.deployments():
        given = deploy.database.storage_bytes
        if given is not None and given < needed * 1.5:
            yield Hit(f"{deploy.name}: {given // 2**30} GiB for {needed // 2**30} GiB of rows", deploy.origin)


def no_storage(subject: Subject) -> Iterator[Hit]:
    for deploy in subject.deployments():
        if deploy.database.storage_bytes is None:
            yield Hit(deploy.name, deploy.origin)


def no_recovery_time(subject: Subject) -> Iterator[Hit]:
    for deploy in subject.deployments():
        if deploy.backup is not None and deploy.backup.rto is None:
            yield Hit(deploy.name, deploy.origin)


def much_lost(subject: Subject) -> Iterator[Hit]:
    for deploy in subject.deployments():
        if deploy.backup is not None and deploy.backup.rpo > _HOUR:
            yield Hit(f"{deploy.name}: {deploy.backup.rpo / _HOUR:g} h", deploy.origin)


def no_scenarios(subject: Subject) -> Iterator[Hit]:
    if not subject.system.scenarios:
        yield Hit(subject.system.name)


def no_denials(subject: Subject) -> Iterator[Hit]:
    kinds = {step.kind for scenario in subject.system.scenarios for step in scenario.steps}
    if subject.system.scenarios and StepKind.EXPECT_DENY not in kinds:
        yield Hit(subject.system.name)


def no_seeds(subject: Subject) -> Iterator[Hit]:
    if not subject.system.seeds:
        yield Hit(subject.system.name)


def no_host(subject: Subject) -> Iterator[Hit]:
    yield from (Hit(deploy.name, deploy.origin) for deploy in subject.deployments() if deploy.host is None)


_TESTS = """\
test "an order is placed once" {
  given o = Order { org: base.org, number: "A-1", buyer: base.ann }
  as base.ann with member
  do o.place()
  expect o.status == placed
  expect error TooLate from o.place()
}

test "a member cancels nothing" {
  given o = Order { org: base.org, number: "A-2", buyer: base.ann }
  as base.ann with member
  expect deny cancel o
}
"""
_SEED = """\
seed base {
  org: Org = { name: "Acme" }
  ann: User = { org: org, email: "ann@acme.test" }
}

"""
_DATABASE = "database postgres { version: 18  replicas: 2  storage: 500Gi  pool: 10 }"
_SLO = "slo: { availability: 99.9%  latency_p95: 250ms }"
_BACKUP = 'backup: { store: "s3://backups"  rpo: 5m  rto: 1h }'
OPERATIONS: tuple[Rule, ...] = (
    Rule("O02", "a service has one replica", "Every restart and every lost machine is an outage.", "Write `replicas: 2..6`.", 3, one_replica, (("replicas: 2..6", "replicas: 1..6"),)),
    Rule("O03", "a database has no replica", "A lost machine is an outage until a restore.", "Write `replicas: 2`.", 3, one_database, ((_DATABASE, _DATABASE.replace("replicas: 2", "replicas: 1")),)),
    Rule("O04", "no availability is promised", "Alerts for an outage have no threshold.", "Write `slo: { availability: 99.9% … }`.", 1, no_availability, ((_SLO, "slo: { latency_p95: 250ms }"),)),
    Rule("O05", "no latency is promised", "Slow answers raise no alert.", "Write `slo: { … latency_p95: 250ms }`.", 1, no_latency, ((_SLO, "slo: { availability: 99.9% }"),)),
    Rule("O06", "there are no backups", "A wrong deletion cannot be undone.", "Write `backup: { store: … }`.", 3, no_backup, ((_BACKUP, ""),)),
    Rule("O07", "alerts go nowhere", "They fire, and no person learns of it.", "Write `alerts: { page: …  ticket: … }`.", 3, no_alerts,
         (('  alerts: { page: "https://alerts.example.com/page"  ticket: "https://alerts.example.com/ticket" }\n', ""),)),
    Rule("O08", "a service has no memory limit", "One leak takes the memory of its neighbours.", "Write `memory: 256Mi..512Mi`.", 1, no_memory, (("    memory: 256Mi..512Mi\n", ""),)),
    Rule("O10", "nothing says when to scale", "Replicas have a range, and no target moves them.", "Write `scale: { cpu: 70% }`.", 2, no_scaling, (("    scale: { cpu: 70% }\n", ""),)),
    Rule("O11", "there is one environment", "Every release is tried in production.", "Write a second deploy: `deploy staging extends production { … }`.", 1, one_environment, (("deploy staging extends production {\n}\n", ""),)),
    Rule("O12", "the disk is too small", "Declared rows with their indexes need more, with half as much free.", "Raise `storage`.", 3, small_storage, (("storage: 500Gi", "storage: 5Gi"),)),
    Rule("O13", "the size of the disk is not said", "The platform's default is used.", "Write `storage: 100Gi`.", 1, no_storage, (("  storage: 500Gi", ""),)),
    Rule("O14", "nothing says how long a restore may take", "A restore that takes a day is found out on that day.", "Write `rto: 1h`.", 1, no_recovery_time, (("  rto: 1h", ""),)),
    Rule("O15", "much may be lost", "The last hours of writes are in no backup.", "Write `rpo: 5m`.", 2, much_lost, (("rpo: 5m", "rpo: 4h"),)),
    Rule("O16", "there are no scenarios", "Nothing proves that the rules are those that were meant.", "Write `test \"…\" { … }`.", 2, no_scenarios, ((_TESTS, ""),)),
    Rule("O17", "no scenario expects a refusal", "Tests of what is allowed pass as well when everything is.", "Write `expect deny …`.", 2, no_denials, (("  expect deny cancel o\n", "  expect allow read o\n"),)),
    Rule("O18", "there are no seeds", "A new developer starts with an empty database, and `bdc token` has no caller.", "Write `seed name { … }`.", 1, no_seeds, ((_TESTS, ""), (_SEED, ""))),
    Rule("O19", "an environment has no host", "Its address is not known to clients, certificates and probes.", "Write `host: \"api.example.com\"`.", 1, no_host, (('  host: "api.example.com"\n', ""),)),
    Rule("O01", "nothing says where it runs", "Manifests, sizes and alerts follow from a deploy.", "Write `deploy production { … }`.", 2, no_deploy, (("pool: 10 }", "pool: 10  embedded: true }"),)),
)  # fmt: skip
