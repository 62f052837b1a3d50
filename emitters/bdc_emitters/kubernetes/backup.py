"""Backups: base backups by the clock and the write-ahead log as it is written, in an object store (point in time recovery)."""

from bdc.ir import DeployBackup
from bdc_emitters.kubernetes.database import CNPG
from bdc_emitters.kubernetes.facts import Facts, Manifest
from bdc_emitters.kubernetes.secrets import external_secret

PLUGIN = "barman-cloud.cloudnative-pg.io"
DAY = 86_400
ACCESS_KEYS = ("access_key_id", "secret_access_key")
GOOGLE_KEYS = ("application_credentials",)


def backup_manifests(facts: Facts) -> list[Manifest]:
    """Return the documents of `backup.yaml` in an overlay; none where the deploy says nothing of backups."""
    backup = facts.deploy.backup
    if backup is None:
        return []
    documents = [_object_store(facts, backup), _schedule(facts, backup)]
    if backup.access == "secret":
        documents.append(external_secret(facts, "backup", _keys(backup)))
    return documents


def archiver(facts: Facts) -> list[Manifest]:
    """Return the plugins of the Cluster: the one that archives the write-ahead log."""
    parameters = {"barmanObjectName": f"{facts.name}-backup"}
    return [{"name": PLUGIN, "isWALArchiver": True, "parameters": parameters}]


def _is_google(backup: DeployBackup) -> bool:
    return backup.store.text.startswith("gs://")


def _keys(backup: DeployBackup) -> tuple[str, ...]:
    return GOOGLE_KEYS if _is_google(backup) else ACCESS_KEYS


def _object_store(facts: Facts, backup: DeployBackup) -> Manifest:
    configuration: Manifest = {
        "destinationPath": backup.store.text,
        "wal": {"compression": "gzip", "maxParallel": 4},
        "data": {"compression": "gzip"},
        **_credentials(facts, backup),
    }
    if backup.endpoint is not None:
        configuration["endpointURL"] = backup.endpoint.text
    resources = {
        "requests": {"cpu": "100m", "memory": "128Mi"},
        "limits": {"cpu": "1", "memory": "512Mi"},
    }
    return {
        "apiVersion": "barmancloud.cnpg.io/v1",
        "kind": "ObjectStore",
        "metadata": facts.metadata("database", "-backup"),
        "spec": {
            "retentionPolicy": f"{int(backup.retention // DAY)}d",
            "configuration": configuration,
            "instanceSidecarConfiguration": {"resources": resources},
        },
    }


def _credentials(facts: Facts, backup: DeployBackup) -> Manifest:
    secret = f"{facts.name}-backup"
    if _is_google(backup):
        by_key: Manifest = {"applicationCredentials": {"name": secret, "key": GOOGLE_KEYS[0]}}
        return {"googleCredentials": by_key if backup.access == "secret" else {"gkeEnvironment": True}}
    if backup.access == "role":
        return {"s3Credentials": {"inheritFromIAMRole": True}}
    names = ("accessKeyId", "secretAccessKey")
    pairs = zip(names, ACCESS_KEYS, strict=True)
    return {"s3Credentials": {name: {"name": secret, "key": key} for name, key in pairs}}


def _schedule(facts: Facts, backup: DeployBackup) -> Manifest:
    return {
        "apiVersion": CNPG,
        "kind": "ScheduledBackup",
        "metadata": facts.metadata("database", "-db"),
        "spec": {
            # The operator's cron begins with seconds.
            "schedule": f"0 {backup.schedule}",
            "immediate": True,
            "backupOwnerReference": "self",
            "cluster": {"name": f"{facts.name}-db"},
            "method": "plugin",
            "pluginConfiguration": {"name": PLUGIN},
        },
    }
