"""Alerts about what the objectives do not see: an outage, a pool that is used up, credentials that are tried out."""

from collections.abc import Iterator

from bdc.ir import SystemIR
from bdc.naming.dns import label
from bdc_emitters.monitoring.alert import Alert
from bdc_emitters.monitoring.externals import external_alerts
from bdc_emitters.monitoring.jobs import job_alerts
from bdc_emitters.monitoring.objectives import DURATION, camel, users
from bdc_emitters.monitoring.platform import platform_alerts
from bdc_emitters.monitoring.relay import relay_alerts


def alerts_of(system: SystemIR) -> tuple[Alert, ...]:
    """Return the alerts of a system: those of the service always, those of the platform for what its production deploy has."""
    name = label(system.name)
    deploys = sorted(system.deploys, key=lambda deploy: deploy.name != "production")
    return (*_service(system, name), *platform_alerts(system, name, deploys[0] if deploys else None))


def _service(system: SystemIR, name: str) -> Iterator[Alert]:
    prefix = camel(system)
    up = f'up{{job="{name}",instance="a"}}'
    yield Alert(
        name=f"{prefix}Down",
        slug=f"{name}-down",
        severity="page",
        expr=f'(sum(up{{job="{name}"}}) or vector(0)) == 0',
        wait="2m",
        summary=f"{system.title}: no replica answers",
        description="No replica answers the scrape of its metrics, or there is none.",
        cause="Every replica crashes at start (configuration, an image that cannot be pulled), the nodes are gone, or the scrape is wrong.",
        look=(
            "`kubectl get pods`: CrashLoopBackOff with exit code 78 means settings; the log has every reason, one line each.",
            "`kubectl get events --sort-by=.lastTimestamp`: images, quotas, nodes.",
        ),
        act=(
            "After a deployment: `infrastructure/ci-cd/rollback.sh production`.",
            "Without one: bring back what it stands on (nodes, quota, the Secret, the database).",
        ),
        fires=((up, "1x5 0x60"),),
        silent=((up, "1x90"),),
    )
    busy = 'db_client_connections_%s{job="' + name + '",instance="a"}'
    waiting = busy % "waiting"
    yield Alert(
        name=f"{prefix}PoolExhausted",
        slug=f"{name}-pool",
        severity="page",
        expr=f'min_over_time(sum(db_client_connections_waiting{{job="{name}"}})[5m:30s]) > 0',
        wait="5m",
        summary=f"{system.title}: requests wait for a connection to the database",
        description="For ten minutes at least one request was waiting for a connection at every moment.",
        cause="A transaction holds its connection (locks, a slow statement), or the pool is too small for the load.",
        look=(
            "`select pid, state, wait_event, now() - xact_start, query from pg_stat_activity order by xact_start`: what is old, what waits.",
            "The panel of connections in use: full since when, in every replica or in one?",
        ),
        act=(
            "End the transaction that the others wait for: `select pg_terminate_backend(PID)`.",
            "Raise `pool` only when the statements are fast and the server has connections left.",
        ),
        fires=((waiting, "3x90"),),
        silent=((waiting, "0 0 4 0x90"),),
    )
    yield _authentication(system, name, prefix)
    yield _unmigrated(system, name, prefix)
    yield _slow_statements(system, name, prefix)
    yield from job_alerts(system, name, prefix)
    yield from external_alerts(system, name, prefix)
    if system.shares_limits:
        yield _limits(system, name, prefix)
    if system.reads_replica:
        yield _replica(system, name, prefix)
    if system.has_relay:
        yield from relay_alerts(system, name, prefix)


def _limits(system: SystemIR, name: str, prefix: str) -> Alert:
    up = f'rate_limit_store_up{{job="{name}",instance="a"}}'
    return Alert(
        name=f"{prefix}LimitsNotShared",
        slug=f"{name}-limits",
        severity="ticket",
        expr=f'min(rate_limit_store_up{{job="{name}"}}) == 0',
        wait="5m",
        summary=f"{system.title}: each replica counts the limits of callers for itself",
        description="For five minutes a replica has not reached Valkey. Callers may call as many times as often as there are replicas; no request fails.",
        cause="Valkey is down or slow, or a network policy or its address (LIMITS_STORE) is wrong.",
        look=(
            f"`kubectl get pods -l app.kubernetes.io/name={name}-valkey`: is it running, was it killed for want of memory?",
            "The log of the logger `services.limits`: what the last call failed with.",
        ),
        act=("Start it again: it keeps nothing that must be restored.",),
        fires=((up, "1x2 0x90"),),
        silent=((up, "1x90"),),
    )


def _replica(system: SystemIR, name: str, prefix: str) -> Alert:
    series = 'db_replica_%s{job="' + name + '",instance="a"%s}'
    fallbacks, reads = series % ("fallbacks_total", ',reason="lag"'), series % ("reads_total", "")
    own = 'reason!="own-write"'
    return Alert(
        name=f"{prefix}ReplicaNotRead",
        slug=f"{name}-replica-reads",
        severity="ticket",
        expr=f'sum(rate(db_replica_fallbacks_total{{job="{name}",{own}}}[10m])) > sum(rate(db_replica_reads_total{{job="{name}"}}[10m]))',
        wait="10m",
        summary=f"{system.title}: the primary answers reads that standbys should",
        description="For ten minutes the primary has answered more of the reads that may go to a standby than the standbys have.",
        cause="No standby runs, it is more than DATABASE_REPLICA_LAG behind, it has too few connections, or a network policy is in the way.",
        look=(
            "`sum by (reason) (rate(db_replica_fallbacks_total[10m]))`: away, lag, busy or refused?",
            "`select application_name, state, replay_lag from pg_stat_replication` on the primary.",
            "The log of the logger `services.data.replica`.",
        ),
        act=(
            "Nothing is wrong for callers as long as the primary carries the load: watch its processor.",
            "Away: bring the standby back. Lag: see the runbook of replication. Busy: raise DATABASE_REPLICA_POOL_SIZE.",
        ),
        fires=((fallbacks, "0+60x90"), (reads, "0x90")),
        silent=((fallbacks, "0x90"), (reads, "0+60x90")),
    )


def _unmigrated(system: SystemIR, name: str, prefix: str) -> Alert:
    present = f'database_release_present{{job="{name}",instance="a"}}'
    return Alert(
        name=f"{prefix}SchemaMissing",
        slug=f"{name}-schema",
        severity="page",
        expr=f'min(database_release_present{{job="{name}"}}) == 0',
        wait="10m",
        summary=f"{system.title}: a replica runs a release that the database does not have",
        description="For ten minutes a replica has found no schema of its own release in the database, so that it takes no requests.",
        cause="The migration of this release has failed or has not been run, or a contract has removed the release that still runs.",
        look=(
            "`kubectl get jobs`: did the migration end? Its log has the reason.",
            "`python -m database.migrate status` in the image: which migrations the database has.",
        ),
        act=(
            "Run the deployment again: the migration goes on where it stopped.",
            "The release is gone by a contract: deploy a newer one; rolling back to it is no longer possible.",
        ),
        fires=((present, "1x5 0x85"),),
        silent=((present, "1 0 -1 1x87"),),
    )


def _slow_statements(system: SystemIR, name: str, prefix: str) -> Alert:
    metric = "db_client_operation_duration_seconds"

    def series(bound: str) -> str:
        return f'{metric}_bucket{{job="{name}",instance="a",le="{bound}"}}'

    rate = f'sum by (le) (rate({metric}_bucket{{job="{name}"}}[10m]))'
    return Alert(
        name=f"{prefix}SlowStatements",
        slug=f"{name}-statements",
        severity="ticket",
        expr=f"histogram_quantile(0.95, {rate}) > 0.5",
        wait="15m",
        summary=f"{system.title}: statements of the database take long",
        description="One statement in twenty takes more than half a second, waiting for a connection not counted.",
        cause="A plan has changed, statistics are old, a lock is waited for, or the disk or the cores of the server are used up.",
        look=(
            "`select query, calls, mean_exec_time from pg_stat_statements order by total_exec_time desc limit 10`, where that extension is.",
            "`select wait_event_type, wait_event, count(*) from pg_stat_activity where state = 'active' group by 1, 2`.",
        ),
        act=(
            "`analyze` the table whose plan is wrong; add the index that `bdc check` names for a list.",
            "`bdc advise`: are memory and cores of the database those of the declared load?",
        ),
        fires=((series("0.1"), "0+10x90"), (series("1.0"), "0+100x90"), (series("+Inf"), "0+100x90")),
        silent=((series("0.1"), "0+99x90"), (series("1.0"), "0+100x90"), (series("+Inf"), "0+100x90")),
        after="40m",
    )


def _authentication(system: SystemIR, name: str, prefix: str) -> Alert:
    def series(status: str) -> str:
        return f'{DURATION}_count{{job="{name}",route="/v1/x",status="{status}"}}'

    refused = f'sum(rate({DURATION}_count{{{users(name)},status="401"}}[10m]))'
    everything = f"sum(rate({DURATION}_count{{{users(name)}}}[10m]))"
    return Alert(
        name=f"{prefix}AuthenticationFailures",
        slug=f"{name}-authentication",
        severity="ticket",
        expr=f"{refused} / {everything} > 0.5 and {refused} > 1",
        wait="10m",
        summary=f"{system.title}: most requests are refused for their credentials",
        description="More than half of the requests, and more than one a second, are answered 401.",
        cause="Credentials are being tried out, a client has an expired key, or the issuer changed its keys.",
        look=(
            "The access log: one address, or many? `reason` in the answers says what is wrong with the tokens.",
            "The log of `services.security.jwks`: a key set that cannot be fetched refuses every new key.",
        ),
        act=(
            "One address: block it before the service; the service already refuses an address after too many failures.",
            "A wrong issuer or key set: mend the configuration of this environment and deploy.",
        ),
        fires=((series("401"), "0+300x90"), (series("200"), "0+60x90")),
        silent=((series("401"), "0+10x90"), (series("200"), "0+600x90")),
        after="40m",
    )
