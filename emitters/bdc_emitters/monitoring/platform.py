"""Alerts that read what Kubernetes and its operators measure: database, disk, backups, certificate, migration."""

from collections.abc import Iterator

from bdc.ir import Deploy, DeployBackup, SystemIR
from bdc_emitters.monitoring.alert import DAY, HOUR, Alert
from bdc_emitters.monitoring.objectives import camel


def platform_alerts(system: SystemIR, name: str, deploy: Deploy | None) -> Iterator[Alert]:
    """Yield the alerts for what the deploy has."""
    prefix, title = camel(system), system.title
    sharded = deploy is not None and deploy.database.engine == "citus"
    yield (_nodes if sharded else _database)(name, prefix, title)
    yield _migration(name, prefix, title)
    yield from _disk(name, prefix, title)
    if deploy is not None and deploy.database.replicas > 1:
        yield _lag(name, prefix, title)
    if deploy is not None and deploy.backup is not None:
        yield _backup(name, prefix, title)
        yield _archive(name, prefix, title, deploy.backup)
    if deploy is not None and deploy.tls is not None and deploy.tls.issuer is not None:
        yield _certificate(name, prefix, title)


def _database(name: str, prefix: str, title: str) -> Alert:
    series = f'cnpg_collector_up{{cluster="{name}-db",pod="{name}-db-1"}}'
    return Alert(
        name=f"{prefix}DatabaseDown",
        slug=f"{name}-database",
        severity="page",
        expr=f'(sum(cnpg_collector_up{{cluster="{name}-db"}}) or vector(0)) == 0',
        wait="2m",
        summary=f"{title}: no server of the database answers",
        description="No PostgreSQL server of the cluster is up, or none is measured.",
        cause="The disk is full, the nodes are gone, or a failover does not find a replica that may take over.",
        look=(
            f"`kubectl get cluster {name}-db -o yaml`: `status.phase` and `status.conditions`.",
            f"`kubectl logs {name}-db-1`: PostgreSQL says why it does not start.",
        ),
        act=(
            "A full disk: raise `storage` in the deploy and apply; the volume grows while it is used.",
            "Lost for good: restore from the backup to the last moment (see the chapter about restoring).",
        ),
        fires=((series, "1x5 0x60"),),
        silent=((series, "1x90"),),
        cluster=True,
    )


def _nodes(name: str, prefix: str, title: str) -> Alert:
    def series(part: str) -> str:
        return f'kube_statefulset_status_replicas_ready{{statefulset="{name}-{part}"}}'

    def wanted(part: str) -> str:
        return f'kube_statefulset_replicas{{statefulset="{name}-{part}"}}'

    parts = ("coordinator", "worker")
    missing = " or ".join(f"(({wanted(part)} - {series(part)}) > 0)" for part in parts)
    absent = " or ".join(f"absent({series(part)})" for part in parts)
    counts = {"coordinator": "1", "worker": "2"}
    whole = tuple((series(part), f"{counts[part]}x90") for part in parts)
    full = tuple((wanted(part), f"{counts[part]}x90") for part in parts)
    return Alert(
        name=f"{prefix}DatabaseDown",
        slug=f"{name}-database",
        severity="page",
        expr=f"{missing} or {absent}",
        wait="2m",
        summary=f"{title}: a server of the Citus cluster does not answer",
        description="The rows of the shards on it can be neither read nor written; without the coordinator, none can.",
        cause="The disk is full, or the node is gone. No other server takes over.",
        look=(
            f"`kubectl get pods -l cnpg.io/cluster={name}-db`: which server is not ready.",
            f"`kubectl logs {name}-worker-0`: PostgreSQL says why it does not start.",
        ),
        act=(
            "Give the pod its disk and a node back: it goes on where it stopped.",
            "A disk that is lost: restore that server from the backup that you take of it.",
        ),
        fires=((series("worker"), "2x5 1x60"), whole[0], *full),
        silent=(*whole, *full),
        cluster=True,
        labels=(("statefulset", f"{name}-worker"),),
    )


def _migration(name: str, prefix: str, title: str) -> Alert:
    series = f'kube_job_failed{{job_name="{name}-migrate",condition="true"}}'
    return Alert(
        name=f"{prefix}MigrationFailed",
        slug=f"{name}-migration",
        severity="page",
        expr=f'max(kube_job_failed{{job_name="{name}-migrate",condition="true"}}) > 0',
        wait="1m",
        summary=f"{title}: the migration failed",
        description="The release is not rolled out; the version before goes on serving.",
        cause="Rows do not allow the migration (exit code 6), a file was edited or the schema changed by hand (1), or the deadline passed.",
        look=(
            f"`kubectl logs job/{name}-migrate`: the last line says what stands in the way, and what to do.",
            "`python -m database.migrate status` and `plan`, with the URL of the migrator.",
        ),
        act=(
            "Mend the rows that are named, and deploy again: the run goes on where it stopped.",
            "Not at once: `python -m database.migrate down` takes back what was begun, as far as all of it can be.",
        ),
        fires=((series, "0x5 1x60"),),
        silent=((series, "0x90"),),
        cluster=True,
    )


def _disk(name: str, prefix: str, title: str) -> Iterator[Alert]:
    claim = f'persistentvolumeclaim=~"{name}-db-.*"'
    for severity, limit, words in (("ticket", 0.2, "Low"), ("page", 0.05, "Full")):
        free, size = (f"kubelet_volume_stats_{kind}_bytes" for kind in ("available", "capacity"))
        labels = f'{{persistentvolumeclaim="{name}-db-1"}}'
        percent = f"{limit * 100:g} %"
        yield Alert(
            name=f"{prefix}Disk{words}",
            slug=f"{name}-disk",
            severity=severity,
            expr=f"min({free}{{{claim}}} / {size}{{{claim}}}) < {limit:g}",
            wait="10m",
            summary=f"{title}: less than {percent} of the database's disk is free",
            description="A full disk stops every write, and PostgreSQL itself.",
            cause="Rows grow as expected, a replication slot or a failing archive keeps write-ahead log, or a migration wrote a table anew.",
            look=(
                "`select relname, pg_size_pretty(pg_total_relation_size(oid)) from pg_class order by pg_total_relation_size(oid) desc limit 20`",
                "`select slot_name, active, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) from pg_replication_slots`",
            ),
            act=(
                "Raise `storage` in the deploy and apply; the volume grows while it is used.",
                "Write-ahead log that is kept: mend the archive or the replica that does not fetch it.",
            ),
            fires=((free + labels, f"{limit / 2 * 1000:g}x90"), (size + labels, "1000x90")),
            silent=((free + labels, "400x90"), (size + labels, "1000x90")),
            cluster=True,
        )


def _lag(name: str, prefix: str, title: str) -> Alert:
    series = f'cnpg_pg_replication_lag{{cluster="{name}-db",pod="{name}-db-2"}}'
    return Alert(
        name=f"{prefix}ReplicaLag",
        slug=f"{name}-replica",
        severity="ticket",
        expr=f'max(cnpg_pg_replication_lag{{cluster="{name}-db"}}) > 30',
        wait="10m",
        summary=f"{title}: a replica is behind",
        description="A replica is more than 30 seconds behind: a failover to it would lose that time, or wait for it.",
        cause="A long write or a migration, a slow disk or network of the replica, or a query there that recovery waits for.",
        look=(
            "`select application_name, state, replay_lag from pg_stat_replication` on the primary.",
            f"`kubectl get cluster {name}-db -o yaml`: which server is which.",
        ),
        act=(
            "Wait when it gets smaller; end what the replica waits for when it does not.",
            f"A replica that does not recover: `kubectl delete pod,pvc {name}-db-2`; the operator makes another.",
        ),
        fires=((series, "90x90"),),
        silent=((series, "0 50 0x90"),),
        cluster=True,
    )


def _backup(name: str, prefix: str, title: str) -> Alert:
    metric = "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp"
    series = f'{metric}{{cluster="{name}-db",pod="{name}-db-1"}}'
    return Alert(
        name=f"{prefix}BackupOld",
        slug=f"{name}-backup",
        severity="page",
        expr=f'time() - (max({metric}{{cluster="{name}-db"}}) or vector(0)) > {30 * HOUR}',
        wait="10m",
        summary=f"{title}: there is no backup of the last 30 hours",
        description="The last base backup is older than it should be, or there is none.",
        cause="The keys of the object store expired, the bucket is gone or full, or the plugin of the operator does not run.",
        look=(
            "`kubectl get backups --sort-by=.metadata.creationTimestamp`: `status.error` of the last one.",
            f"`kubectl logs {name}-db-1 -c plugin-barman-cloud`: what the object store answers.",
        ),
        act=(
            "Mend the access, then start one by hand: `kubectl cnpg backup` with the plugin, and wait until it is completed.",
            "Until then do not run a migration that takes anything away (`deploy.sh … contract`).",
        ),
        fires=((series, "0x2400"),),
        silent=((series, f"0x720 {12 * HOUR}x1680"),),
        after="1850m",
        cluster=True,
    )


def _archive(name: str, prefix: str, title: str, backup: DeployBackup) -> Alert:
    limit = max(600, int(backup.rpo * 3))
    metric = "cnpg_pg_stat_archiver_seconds_since_last_archival"
    series = f'{metric}{{cluster="{name}-db",pod="{name}-db-1"}}'
    return Alert(
        name=f"{prefix}ArchiveBehind",
        slug=f"{name}-archive",
        severity="page",
        expr=f'max({metric}{{cluster="{name}-db"}}) > {limit}',
        wait="5m",
        summary=f"{title}: the write-ahead log is not archived",
        description=f"Nothing was archived for {limit // 60} minutes: a restore would lose more than the {backup.rpo:g} seconds that are declared.",
        cause="The object store does not take it: access, space, network. The log stays on the disk meanwhile, which fills.",
        look=(
            "`select * from pg_stat_archiver`: last failure and its file.",
            f"`kubectl logs {name}-db-1 -c plugin-barman-cloud`.",
        ),
        act=("Mend the access; the archive catches up by itself.", "Watch the disk until it has."),
        fires=((series, f"{limit * 2}x90"),),
        silent=((series, "60x90"),),
        cluster=True,
    )


def _certificate(name: str, prefix: str, title: str) -> Alert:
    series = f'certmanager_certificate_expiration_timestamp_seconds{{name="{name}-tls"}}'
    return Alert(
        name=f"{prefix}CertificateExpires",
        slug=f"{name}-certificate",
        severity="ticket",
        expr=f'min(certmanager_certificate_expiration_timestamp_seconds{{name="{name}-tls"}}) - time() < {14 * DAY}',
        wait="1h",
        summary=f"{title}: the certificate expires within two weeks",
        description="cert-manager renews a certificate a month before it expires: this one was not renewed.",
        cause="The issuer refuses (limits, challenge not reachable), or DNS no longer leads here.",
        look=(
            f"`kubectl describe certificate {name}-tls` and its `CertificateRequest`, `Order` and `Challenge`.",
        ),
        act=("Mend what the challenge says; `kubectl cert-manager renew` asks again.",),
        fires=((series, f"{7 * DAY}x120"),),
        silent=((series, f"{60 * DAY}x120"),),
        after="100m",
        cluster=True,
    )
