"""The migration: a Job that waits for the database, and tells what another attempt may mend from what it may not."""

from bdc_emitters.kubernetes.facts import UNSET_DIGEST, Facts, Manifest
from bdc_emitters.kubernetes.workload import (
    AUTHORITY,
    CONTAINER_SECURITY,
    MIGRATION_WAVE,
    POD_SECURITY,
    SECRETS,
    mounts,
    secret_volumes,
    sync_wave,
)

# How long the database may take to come up, and the exit codes of a run that another attempt would only repeat.
WAIT_SECONDS = 600
REFUSALS = [1, 2, 6]
# A backfill runs at about 100,000 rows/s on two cores; a release may backfill every table, and the disk may be ten times slower.
ROWS_PER_SECOND = 10_000
SHORTEST_SECONDS = 3_600
ATTEMPTS = 6


def migration_manifests(facts: Facts) -> dict[str, list[Manifest]]:
    """Return file name → documents."""
    return {"migrate-job": [_migrate_job(facts)]}


def deadline(facts: Facts) -> int:
    """Return how many seconds a migration may take: from the rows that the specification declares."""
    return SHORTEST_SECONDS + WAIT_SECONDS + facts.rows // ROWS_PER_SECOND


def _migrate_job(facts: Facts) -> Manifest:
    """Runs before the service is rolled out, as a role of its own, over a direct connection."""
    metadata = facts.metadata("migration", "-migrate") | {
        "annotations": {
            "argocd.argoproj.io/hook": "Sync",
            "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
            **sync_wave(MIGRATION_WAVE),
        }
    }
    labels = {
        "app.kubernetes.io/name": f"{facts.name}-migrate",
        "app.kubernetes.io/component": "migration",
        "app.kubernetes.io/part-of": facts.name,
    }
    password = f"{SECRETS}/database_password"
    command = ["python", "-m", "database.migrate", "up", "--wait", str(WAIT_SECONDS)]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata,
        "spec": {
            # A run that was killed, or that lost the database, is started again and goes on where it stopped.
            "backoffLimit": ATTEMPTS,
            "podFailurePolicy": {"rules": _failure_rules()},
            "activeDeadlineSeconds": deadline(facts),
            "ttlSecondsAfterFinished": 86400,
            "template": {
                "metadata": {"labels": labels},
                "spec": owner_pod(facts, "migrate", [*command, "--runtime-password-file", password]),
            },
        },
    }


def _failure_rules() -> list[Manifest]:
    disrupted = {"type": "DisruptionTarget", "status": "True"}
    refused = {"containerName": "migrate", "operator": "In", "values": REFUSALS}
    return [
        {"action": "Ignore", "onPodConditions": [disrupted]},
        {"action": "FailJob", "onExitCodes": refused},
    ]


def owner_pod(facts: Facts, name: str, command: list[str]) -> Manifest:
    """A pod that works on the database as its owner, over a direct connection, and ends."""
    container = {
        "name": name,
        "image": f"{facts.image}@{UNSET_DIGEST}",
        "imagePullPolicy": "Always",
        "command": command,
        "envFrom": [{"configMapRef": {"name": f"{facts.name}-config"}}],
        "env": _environment(facts),
        "volumeMounts": mounts(),
        "resources": {
            "requests": {"cpu": "100m", "memory": "256Mi", "ephemeral-storage": "32Mi"},
            "limits": {"cpu": "1", "memory": "512Mi", "ephemeral-storage": "64Mi"},
        },
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "securityContext": CONTAINER_SECURITY,
    }
    # CloudNativePG makes this Secret for the owner of the database.
    owner = {"name": f"{facts.name}-db-app", "items": [{"key": "uri", "path": "database_url"}]}
    return {
        "restartPolicy": "Never",
        "serviceAccountName": facts.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": POD_SECURITY,
        "containers": [container],
        "volumes": [
            {"name": "tmp", "emptyDir": {"sizeLimit": "32Mi"}},
            *secret_volumes(facts, {"secret": owner}),
        ],
    }


def _environment(facts: Facts) -> list[Manifest]:
    """The owner's URL, checked against the authority of the database; the keys of encrypted fields, which a migration may need."""
    values = {
        "MIGRATION_DATABASE_URL_FILE": f"{SECRETS}/database_url",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": f"{AUTHORITY}/ca.crt",
    }
    if facts.encrypted:
        values["ENCRYPTION_KEYS_FILE"] = f"{SECRETS}/encryption_keys"
    return [{"name": name, "value": value} for name, value in values.items()]
