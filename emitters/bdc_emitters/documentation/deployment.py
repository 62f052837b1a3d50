"""What `deployment.md` says: environments, settings, how a release goes out and comes back."""

from collections.abc import Iterator

from bdc.ir import Deploy, Job, ServiceDeploy, SystemIR, variable_of
from bdc.query.refreshed import refreshed_views
from bdc.source.records import dataclass
from bdc.surface.mails import mail_senders
from bdc_emitters.documentation.wording import every, size


@dataclass(frozen=True, slots=True)
class FactView:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class EnvironmentView:
    name: str
    facts: tuple[FactView, ...]


@dataclass(frozen=True, slots=True)
class DeploymentView:
    """`settings`: environment variables the service reads, each with what it is for. `refreshed`: views, each with how often."""

    title: str
    name: str
    environments: tuple[EnvironmentView, ...]
    has_environments: bool
    settings: tuple[FactView, ...]
    roles: tuple[FactView, ...]
    refreshed: tuple[FactView, ...]
    has_refreshed: bool
    jobs: tuple[FactView, ...]
    has_jobs: bool


def deployment_view(system: SystemIR) -> DeploymentView:
    """Return the view of the page."""
    environments = tuple(_environment(deploy) for deploy in system.deploys)
    refreshed = tuple(FactView(view.sql, every(view.seconds)) for view in refreshed_views(system))
    return DeploymentView(
        system.title,
        system.name,
        environments,
        bool(environments),
        tuple(_settings(system)),
        (
            FactView(f"{system.name}_owner", "owns every table and function; it cannot log in"),
            FactView(
                f"{system.name}_migrator", "runs migrations, on a direct connection; member of the owner"
            ),
            FactView(
                f"{system.name}_runtime", "the service; owns nothing and cannot bypass row level security"
            ),
            FactView(f"{system.name}_service", "what own code may switch to; only the tenant floor holds"),
            FactView(f"{system.name}_readonly", "reads, for reports and support"),
        ),
        refreshed,
        bool(refreshed),
        tuple(FactView(job.name, job_times(job)) for job in system.jobs),
        bool(system.jobs),
    )


def job_times(job: Job) -> str:
    """Return when a job runs, in words."""
    if job.every is not None:
        return f"every {job.every} seconds" if job.every % 60 else every(job.every)
    return f"at `{job.cron}`, {job.zone}" if job.cron is not None else "when an operation queues it"


def _environment(deploy: Deploy) -> EnvironmentView:
    database = deploy.database
    facts = [
        FactView("PostgreSQL", f"{database.version}{', embedded' if database.embedded else ''}"),
        FactView("Database instances", str(database.replicas)),
        FactView("Connections a replica", str(database.pool)),
    ]
    if database.storage_bytes:
        facts.append(FactView("Storage", size(database.storage_bytes)))
    facts += _said(deploy)
    for service in deploy.services:
        facts += _service(service)
    return EnvironmentView(deploy.name, tuple(facts))


def _said(deploy: Deploy) -> Iterator[FactView]:
    """Yield what the deploy says of its environment."""
    backup, alerts = deploy.backup, deploy.alerts
    texts = (
        ("Registry", deploy.registry),
        ("Host", deploy.host),
        ("Backups", backup.store if backup else None),
        ("Alerts that page", alerts.page if alerts else None),
    )
    for name, text in texts:
        if text is not None:
            yield FactView(name, text.text or f"the variable `{text.variable}`")
    if deploy.namespace is not None:
        yield FactView("Namespace", deploy.namespace)
    if deploy.region is not None:
        yield FactView("Region", deploy.region)
    if deploy.secrets is not None:
        yield FactView("Secret store", deploy.secrets.store)
    if backup is not None:
        yield FactView("May be lost", f"{backup.rpo:g} seconds at most")
    if backup is not None and backup.rto is not None:
        yield FactView("A restore may take", f"{backup.rto / 60:g} minutes")


def _service(service: ServiceDeploy) -> Iterator[FactView]:
    yield FactView(f"{service.api} replicas", f"{service.replicas_min} to {service.replicas_max}")
    if service.cpu_request is not None:
        yield FactView(
            f"{service.api} cores", f"{service.cpu_request:g} to {service.cpu_limit or service.cpu_request:g}"
        )
    if service.memory_request is not None:
        most = service.memory_limit or service.memory_request
        yield FactView(f"{service.api} memory", f"{size(service.memory_request)} to {size(most)}")
    if service.cpu_target is not None:
        yield FactView(f"{service.api} scales at", f"{service.cpu_target:.0%} of its cores")
    if service.availability is not None:
        yield FactView(f"{service.api} availability", f"{service.availability * 100:g} %")
    if service.latency_p95 is not None:
        yield FactView(f"{service.api} answers within", f"{service.latency_p95 * 1000:g} ms (95 of 100)")


def _settings(system: SystemIR) -> Iterator[FactView]:
    url = f"PostgreSQL, as `{system.name}_runtime`; in production with `sslmode=verify-full` unless it is on the same machine"
    yield FactView("DATABASE_URL", url)
    yield FactView("DATABASE_PASSWORD", "the password of that role, in place of one in the address")
    yield FactView("DATABASE_POOLER", "`true` behind PgBouncer in transaction mode")
    if system.reads_replica:
        text = "the standbys, without a pooler between; empty: the primary answers all reads"
        yield FactView("DATABASE_REPLICA_URL", text)
        yield FactView("DATABASE_REPLICA_LAG", "seconds that a standby may be behind and is still read (10)")
        text = "seconds that a read waits for its caller's own writes on a standby, before the primary answers (0.1)"
        yield FactView("DATABASE_REPLICA_WAIT", text)
    if system.shares_limits:
        text = "the Valkey that all processes count the limits of callers in; empty, or while it is away: each counts for itself"
        yield FactView("LIMITS_STORE", text)
    yield FactView(
        "ENVIRONMENT", "`development`, `staging` or `production`; development keys are refused in production"
    )
    identity = system.identity
    if identity is not None:
        for name, text in (
            (variable_of(identity.issuer), "issuer of the tokens"),
            (variable_of(identity.jwks), "their public keys"),
            (identity.audience_variable or "", "the audience that they must be for"),
        ):
            if name:
                yield FactView(name, text)
    yield FactView(
        "CURSOR_KEY", "signs the cursors of lists; at least 16 characters, the same in all replicas"
    )
    if any(getattr(field, "encrypted", False) for entity in system.entities for field in entity.fields):
        text = "`id=base64` of 32 bytes, several separated by commas; the first encrypts, all decrypt"
        yield FactView("ENCRYPTION_KEYS", text)
    yield from _externals(system)
    yield from _mails(system)
    yield FactView("CORS_ORIGINS", "browser origins that may call, separated by commas")


def _externals(system: SystemIR) -> Iterator[FactView]:
    """Yield the variables of other services."""
    for each in system.externals:
        for name in each.variables:
            text = "address" if name == each.address.variable else "credential"
            yield FactView(name, f"{text} of the service {each.name}, or `{name}_FILE`")
    if system.externals:
        text = "`real`: other services are called in development too, where they are fakes otherwise"
        yield FactView("EXTERNAL_SERVICES", text)


def _mails(system: SystemIR) -> Iterator[FactView]:
    """Yield the variables of mail."""
    if system.mails:
        text = "server that mails are handed to, `smtps://user:password@host` or `smtp+starttls://…`, or `SMTP_URL_FILE`"
        yield FactView("SMTP_URL", text)
    for name in mail_senders(system):
        yield FactView(name, f"address that mails come from, or `{name}_FILE`")
