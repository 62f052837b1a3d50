"""Materialized views by the clock: a CronJob for each, as the owner of the view, whom alone PostgreSQL lets refresh it."""

import hashlib
import re

from bdc.query.refreshed import Refreshed
from bdc_emitters.kubernetes.facts import Facts, Manifest
from bdc_emitters.kubernetes.migration import owner_pod

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_+")
# The name of a CronJob is that of its jobs, less eleven characters.
_NAME_LIMIT = 52
_HOUR, _DAY = 60, 24 * 60


def refreshing_manifests(facts: Facts) -> dict[str, list[Manifest]]:
    """Return file name → documents; nothing where no view is refreshed."""
    found = [_cron_job(facts, view) for view in facts.refreshed]
    return {"refresh-cronjobs": found} if found else {}


def _cron_job(facts: Facts, view: Refreshed) -> Manifest:
    # The network lets the pods of the migration reach the database, and these do the same.
    labels = {
        "app.kubernetes.io/name": f"{facts.name}-migrate",
        "app.kubernetes.io/component": "refresh",
        "app.kubernetes.io/part-of": facts.name,
    }
    job = {
        "backoffLimit": 1,
        "activeDeadlineSeconds": max(view.seconds, 900),
        "ttlSecondsAfterFinished": 3600,
        "template": {
            "metadata": {"labels": labels},
            "spec": owner_pod(facts, "refresh", ["python", "-m", "database.refresh", view.sql]),
        },
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": facts.metadata("refresh") | {"name": _name(facts, view)},
        "spec": {
            "schedule": schedule(view.seconds // 60),
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 60,
            "successfulJobsHistoryLimit": 1,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": {"spec": job},
        },
    }


def schedule(minutes: int) -> str:
    """Return when cron starts what is done every so many minutes, which divide an hour, a day by whole hours, or are a day."""
    if minutes < _HOUR:
        return f"*/{minutes} * * * *"
    return f"0 */{minutes // _HOUR} * * *" if minutes < _DAY else "0 0 * * *"


def _name(facts: Facts, view: Refreshed) -> str:
    name = f"{facts.name}-refresh-{_HUMP.sub('-', view.name).lower()}"
    if len(name) <= _NAME_LIMIT:
        return name
    return f"{name[: _NAME_LIMIT - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
