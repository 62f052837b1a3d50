"""Every kind of change: its code, what it is, how bad, and the version step it asks for. Codes are stable: approvals name them."""

from bdc.changes.scale import Bump, Severity
from bdc.source.records import dataclass

_BUMPS = {Severity.BREAKING: Bump.MAJOR, Severity.RISKY: Bump.MINOR, Severity.COMPATIBLE: Bump.MINOR}


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` is for the table in the documentation. `security`: callers can do or see more than before."""

    severity: Severity
    bump: Bump
    title: str
    security: bool = False


def _breaking(title: str) -> Kind:
    return _kind(Severity.BREAKING, title)


def _risky(title: str) -> Kind:
    return _kind(Severity.RISKY, title)


def _added(title: str) -> Kind:
    return _kind(Severity.COMPATIBLE, title)


def _quiet(title: str) -> Kind:
    """Nothing that a client could use is new."""
    return Kind(Severity.COMPATIBLE, Bump.PATCH, title)


def _finding(title: str) -> Kind:
    """A security finding: nothing fails, and callers can do or see more."""
    return Kind(Severity.RISKY, Bump.MINOR, title, security=True)


def _kind(severity: Severity, title: str) -> Kind:
    return Kind(severity, _BUMPS[severity], title)


_REST = {
    "rest.base-path-changed": _breaking("An api is served under another path"),
    "rest.api-renamed": _quiet("An api has another name, or another version under the same path"),
    "rest.auth-removed": _breaking("A way of authentication is no longer accepted"),
    "rest.auth-added": _added("A way of authentication is accepted too"),
    "rest.rate-limit-lowered": _risky("Fewer requests are allowed"),
    "rest.rate-limit-raised": _quiet("More requests are allowed"),
    "rest.rate-limit-changed": _risky("Requests are counted by something else"),
    "rest.operation-removed": _breaking("An operation was removed"),
    "rest.operation-added": _added("An operation is new"),
    "rest.operation-renamed": _risky(
        "The id of an operation has changed: generated clients name their methods by it"
    ),
    "rest.operation-deprecated": _added("An operation is marked as going away"),
    "rest.path-changed": _breaking("An operation is served under another path"),
    "rest.method-changed": _breaking("An operation has another HTTP method"),
    "rest.parameter-removed": _breaking("A parameter is no longer accepted"),
    "rest.parameter-added": _added("A parameter may be given"),
    "rest.parameter-moved": _breaking("An argument is sent elsewhere in the request"),
    "rest.parameter-renamed": _breaking("A parameter has another name"),
    "rest.parameter-required": _breaking("A parameter must be given"),
    "rest.parameter-optional": _added("A parameter may be left out"),
    "rest.parameter-type-changed": _breaking("A parameter has another type"),
    "rest.parameter-tightened": _breaking("A parameter accepts fewer values"),
    "rest.parameter-loosened": _added("A parameter accepts more values"),
    "rest.parameter-default-changed": _risky("What a parameter is when it is left out has changed"),
    "rest.filter-removed": _breaking("A filter of a list was removed"),
    "rest.filter-added": _added("A list has a new filter"),
    "rest.conditional-added": _added("A read answers with 304 to callers that have its answer"),
    "rest.conditional-removed": _risky("A read sends its whole answer again, and no ETag of it"),
    "rest.profile-changed": _breaking("An api writes names, envelopes, errors or statuses otherwise"),
    "rest.envelope-changed": _breaking("Rows stand in a member of another name, or in none"),
    "rest.shown-removed": _breaking("Rows no longer show a member"),
    "rest.shown-added": _added("Rows show a member more"),
    "rest.sort-removed": _breaking("An order of a list was removed"),
    "rest.sort-added": _added("A list has a new order"),
    "rest.search-removed": _breaking("A list can no longer be searched"),
    "rest.search-added": _added("A list can be searched"),
    "rest.search-changed": _risky("A search looks at other members"),
    "rest.expand-removed": _breaking("A relation can no longer be included"),
    "rest.expand-added": _added("A relation can be included"),
    "rest.expand-max-lowered": _risky("Fewer related rows are included"),
    "rest.expand-max-raised": _quiet("More related rows are included"),
    "rest.page-max-lowered": _breaking("A page holds fewer rows at most"),
    "rest.page-max-raised": _added("A page holds more rows at most"),
    "rest.page-default-changed": _risky("A page has another size when the caller gives none"),
    "rest.page-kind-changed": _breaking(
        "Pages go on from a cursor instead of an offset, or the other way round"
    ),
    "rest.list-changed": _risky("A list with filters of its own has others"),
    "rest.order-changed": _risky("A list that is not sorted comes in another order"),
    "rest.replica-added": _added("A read may be answered by a replica of the database"),
    "rest.replica-removed": _added("A read is answered by the primary again"),
    "rest.minimal-added": _added("A write answers without a body to callers that ask so"),
    "rest.minimal-removed": _risky("A write answers with its body to callers that asked for none"),
    "rest.etag-removed": _breaking("Answers have no ETag, and If-Match is not looked at"),
    "rest.etag-added": _added("Answers have an ETag, and If-Match is looked at"),
    "rest.idempotency-removed": _risky("An operation no longer keeps idempotency keys"),
    "rest.idempotency-added": _added("An operation keeps idempotency keys"),
    "rest.input-removed": _breaking("A member of a body is no longer accepted"),
    "rest.input-added": _added("A member of a body may be given"),
    "rest.input-renamed": _breaking("A member of a body has another name"),
    "rest.input-required": _breaking("A member of a body must be given"),
    "rest.input-optional": _added("A member of a body may be left out"),
    "rest.input-not-null": _breaking("A member of a body may not be null"),
    "rest.input-nullable": _added("A member of a body may be null"),
    "rest.input-type-changed": _breaking("A member of a body has another type"),
    "rest.input-tightened": _breaking("A member of a body accepts fewer values"),
    "rest.input-loosened": _added("A member of a body accepts more values"),
    "rest.input-default-changed": _risky("What a member of a body is when it is left out has changed"),
    "rest.input-names-changed": _breaking("A member of a body names rows by another field"),
    "rest.input-makes-rows": _risky("Values of a body that name no row make one"),
    "rest.input-makes-no-rows": _breaking("Values of a body that name no row are refused"),
    "rest.property-removed": _breaking("A member of an answer was removed"),
    "rest.property-added": _added("A member of an answer is new"),
    "rest.property-renamed": _breaking("A member of an answer has another name"),
    "rest.property-nullable": _breaking("A member of an answer may be null"),
    "rest.property-not-null": _quiet("A member of an answer is never null"),
    "rest.property-type-changed": _breaking("A member of an answer has another type"),
    "rest.property-loosened": _risky("A member of an answer may hold values that it did not"),
    "rest.property-tightened": _quiet("A member of an answer holds fewer values"),
    "rest.property-masked": _risky("Some readers get a mask in place of a member"),
    "rest.property-deprecated": _added("A member is marked as going away"),
    "rest.answer-type-changed": _breaking("An operation answers with something else"),
    "rest.answer-nullable": _breaking("An operation may answer null"),
    "rest.answer-not-null": _quiet("An operation never answers null"),
    "rest.answer-may-be-empty": _risky(
        "A caller may create a row that it may not read: the answer is then 204"
    ),
    "rest.answer-value-added": _risky("Answers may hold a new value of an enum"),
    "rest.answer-value-removed": _quiet("Answers no longer hold a value of an enum"),
    "rest.input-value-added": _added("A new value of an enum is accepted"),
    "rest.input-value-removed": _breaking("A value of an enum is no longer accepted"),
    "rest.enum-value-renamed": _breaking("A value of an enum has another name"),
    "rest.view-changed": _risky("A view shows other rows, or other values"),
    "rest.error-added": _risky("An operation may answer with an error that it did not have"),
    "rest.error-removed": _quiet("An operation no longer answers with an error"),
    "rest.error-renamed": _breaking("An operation answers with another error code than before"),
    "rest.error-status-changed": _breaking("An error has another HTTP status"),
}
_GRAPHQL = {
    "graphql.endpoint-removed": _breaking("GraphQL is no longer offered"),
    "graphql.endpoint-added": _added("There is GraphQL"),
    "graphql.path-changed": _breaking("GraphQL is served under another path"),
    "graphql.limits-lowered": _breaking("Queries may be less deep or less costly"),
    "graphql.limits-raised": _quiet("Queries may be deeper or more costly"),
    "graphql.introspection-changed": _risky("Introspection is allowed in other environments"),
    "graphql.type-removed": _breaking("A type was removed"),
    "graphql.type-added": _added("A type is new"),
    "graphql.type-renamed": _breaking("A type has another name"),
    "graphql.type-kind-changed": _breaking("A name stands for another kind of type"),
    "graphql.field-removed": _breaking("A field was removed"),
    "graphql.field-added": _added("A field is new"),
    "graphql.field-renamed": _breaking("A field has another name"),
    "graphql.field-type-changed": _breaking("A field has another type"),
    "graphql.field-nullable": _breaking("A field may be null"),
    "graphql.field-not-null": _quiet("A field is never null"),
    "graphql.field-deprecated": _added("A field is marked as going away"),
    "graphql.argument-removed": _breaking("An argument was removed"),
    "graphql.argument-added": _added("An argument may be given"),
    "graphql.argument-required": _breaking("An argument must be given"),
    "graphql.argument-optional": _added("An argument may be left out"),
    "graphql.argument-type-changed": _breaking("An argument has another type"),
    "graphql.argument-default-changed": _risky("What an argument is when it is left out has changed"),
    "graphql.input-field-removed": _breaking("A field of an input was removed"),
    "graphql.input-field-added": _added("A field of an input may be given"),
    "graphql.input-field-renamed": _breaking("A field of an input has another name"),
    "graphql.input-field-required": _breaking("A field of an input must be given"),
    "graphql.input-field-optional": _added("A field of an input may be left out"),
    "graphql.input-field-type-changed": _breaking("A field of an input has another type"),
    "graphql.value-removed": _breaking("A value of an enum was removed"),
    "graphql.value-added": _risky("A value of an enum is new: a client may meet one that it does not know"),
    "graphql.value-renamed": _breaking("A value of an enum has another name"),
    "graphql.page-max-lowered": _breaking("Fewer rows may be asked for at once"),
    "graphql.page-max-raised": _added("More rows may be asked for at once"),
}
_EVENTS = {
    "events.event-removed": _breaking("An event was removed"),
    "events.event-added": _added("An event is new"),
    "events.subject-changed": _risky("An event is about another row"),
    "events.version-changed": _risky("An event has another version"),
    "events.webhooks-added": _finding("Events are sent to subscribers"),
    "events.webhooks-removed": _breaking("Events are no longer sent to subscribers"),
    "events.webhooks-moved": _breaking("Subscriptions are other rows, or have other fields"),
    "events.webhooks-changed": _risky("Deliveries are tried or kept otherwise"),
    "events.webhook-event-added": _finding("An event is sent to subscribers"),
    "events.webhook-event-removed": _breaking("An event is no longer sent to subscribers"),
    "events.stream-added": _finding("Events are published"),
    "events.stream-removed": _breaking("Events are no longer published"),
    "events.stream-moved": _breaking("Events are published elsewhere"),
    "events.stream-changed": _risky("Publishing is tried, or events are kept, otherwise"),
    "events.stream-event-added": _finding("An event is published"),
    "events.stream-event-removed": _breaking("An event is no longer published"),
    "events.source-changed": _risky("A source of events is new, gone or read otherwise"),
    "events.consumer-added": _finding("An event that comes in is consumed"),
    "events.consumer-removed": _risky("An event that comes in is no longer consumed"),
    "events.receiver-added": _finding("Webhooks of another system are taken"),
    "events.receiver-removed": _breaking("Webhooks of another system are no longer taken"),
    "events.receiver-moved": _breaking("Webhooks of another system are taken elsewhere, or signed otherwise"),
    "events.receiver-changed": _risky("Webhooks of another system are remembered, or may be late, otherwise"),
    "events.consumer-changed": _risky("An event that comes in queues other jobs"),
    "events.emission-removed": _risky("An operation no longer emits an event"),
    "events.emission-added": _added("An operation emits an event that it did not"),
    "events.member-removed": _breaking("A member of a payload was removed"),
    "events.member-added": _added("A member of a payload is new"),
    "events.member-renamed": _breaking("A member of a payload has another name"),
    "events.member-nullable": _breaking("A member of a payload may be null"),
    "events.member-not-null": _quiet("A member of a payload is never null"),
    "events.member-type-changed": _breaking("A member of a payload has another type"),
    "events.member-hidden": _breaking("A member of a payload is always null: its field is encrypted"),
    "events.member-shown": _finding("A member of a payload that was null is sent"),
    "events.member-loosened": _risky("A member of a payload may hold values that it did not"),
    "events.member-tightened": _quiet("A member of a payload holds fewer values"),
    "events.value-added": _risky("A payload may hold a new value of an enum"),
    "events.value-removed": _quiet("A payload no longer holds a value of an enum"),
    "events.value-renamed": _breaking("A value of an enum in a payload has another name"),
}
_BEHAVIOUR = {
    "behaviour.machine-added": _breaking(
        "A value changes only along a state machine now: other changes are refused"
    ),
    "behaviour.machine-removed": _risky("A value has no state machine any more: every change is accepted"),
    "behaviour.transition-removed": _breaking("A change of state is refused"),
    "behaviour.transition-moved": _breaking("A change of state leads elsewhere, or has another operation"),
    "behaviour.transition-added": _added("A change of state is accepted"),
    "behaviour.transition-stamp-changed": _risky("A change of state sets another time"),
    "behaviour.initial-state-changed": _breaking("A new row must begin in another state"),
    "behaviour.initial-state-removed": _added("A new row may begin in any state"),
    "behaviour.unique-added": _breaking("Rows that are equal in some members are refused"),
    "behaviour.unique-implied": _quiet("A unique key refuses nothing that was not refused before"),
    "behaviour.unique-removed": _risky("Rows that are equal in some members are accepted"),
    "behaviour.check-added": _breaking("Rows that do not satisfy a new check are refused"),
    "behaviour.check-tightened": _breaking("A check refuses rows that it accepted"),
    "behaviour.check-loosened": _risky("A check accepts rows that it refused"),
    "behaviour.check-removed": _risky("A check was removed"),
    "behaviour.exclusion-added": _breaking("Rows that exclude each other are refused"),
    "behaviour.exclusion-removed": _risky("Rows that excluded each other are accepted"),
    "behaviour.constraint-timing-changed": _risky(
        "A constraint is checked at another moment of a transaction"
    ),
    "behaviour.constraint-error-changed": _breaking("A constraint refuses with another code"),
    "behaviour.delete-refused": _breaking("A row that others refer to can no longer be deleted"),
    "behaviour.delete-rule-changed": _risky(
        "Deleting a row does something else to the rows that refer to it"
    ),
    "behaviour.reference-options-changed": _risky("A foreign key has other options"),
    "behaviour.computed-changed": _risky("A computed field has another expression"),
    "behaviour.default-changed": _risky("The system gives a field another value in a new row"),
    "behaviour.stamp-changed": _risky("The system sets a field at another moment"),
    "behaviour.immutable-added": _breaking("A value can no longer be changed"),
    "behaviour.immutable-removed": _added("A value may be changed"),
    "behaviour.field-kind-changed": _risky("A field is computed, or no longer"),
    "behaviour.encryption-added": _breaking(
        "A field is encrypted: old rows are plain text, events and SQL do not see it"
    ),
    "behaviour.encryption-removed": _breaking("A field is no longer encrypted: old rows hold encrypted text"),
    "behaviour.personal-data-changed": _risky("A field is personal data, or no longer"),
    "behaviour.soft-delete-added": _risky("Deleted rows stay, and are invisible"),
    "behaviour.soft-delete-removed": _breaking("Deleted rows are gone for good"),
    "behaviour.audit-added": _quiet("Changes of rows are recorded"),
    "behaviour.audit-removed": _risky("Changes of rows are no longer recorded"),
    "behaviour.guard-added": _breaking("The database holds the rules of the policy for the rows of a table"),
    "behaviour.guard-removed": _finding("The database holds no rules for the rows of a table"),
    "behaviour.tenant-changed": _breaking("Rows belong to another tenant, or to none"),
    "behaviour.key-changed": _breaking("Rows are found by another key"),
    "behaviour.owner-changed": _risky("Rows are written with another parent, or by themselves"),
    "behaviour.choice-tightened": _breaking("A choice between references accepts less"),
    "behaviour.choice-loosened": _added("A choice between references accepts more"),
    "behaviour.sql-changed": _risky("The SQL of an operation has changed"),
    "behaviour.set-changed": _risky("An operation sets another value"),
    "behaviour.requirement-added": _breaking("An operation is refused where it was accepted"),
    "behaviour.requirement-removed": _risky("An operation is accepted where it was refused"),
    "behaviour.requirement-members-changed": _risky("An error of an operation tells other values"),
    "behaviour.argument-row-changed": _breaking("An argument names a row of another kind"),
    "behaviour.audit-sealed": _finding("The audit trail is sealed"),
    "behaviour.audit-unsealed": _breaking("The audit trail is no longer sealed"),
    "behaviour.audit-seal-changed": _quiet("The audit trail is sealed more often, or less"),
    "behaviour.audit-keep-changed": _risky("Rows of the audit trail are kept for another time"),
    "behaviour.job-added": _quiet("A job is new"),
    "behaviour.job-removed": _risky("A job was removed"),
    "behaviour.job-changed": _risky("A job does something else"),
    "behaviour.job-argument-added": _quiet("A job takes another argument, which may be null"),
    "behaviour.job-argument-required": _risky(
        "An argument of a job is needed, which runs that wait do not have"
    ),
    "behaviour.job-argument-removed": _quiet("A job no longer takes an argument"),
    "behaviour.job-argument-changed": _risky(
        "An argument of a job is of another type: runs that wait may fail"
    ),
    "behaviour.job-schedule-changed": _risky("A job runs at other times"),
    "behaviour.job-setting-changed": _quiet("A job is tried again, or takes rows, otherwise"),
    "behaviour.mail-changed": _quiet("A mail says something else, or comes from another address"),
    "behaviour.external-added": _finding("Another service is called: what is sent there leaves the system"),
    "behaviour.external-removed": _quiet("Another service is no longer called"),
    "behaviour.external-moved": _risky(
        "Another service has another address, or callers show themselves otherwise"
    ),
    "behaviour.external-setting-changed": _quiet(
        "Calls of another service take longer, or are tried again otherwise"
    ),
    "behaviour.external-operation-added": _quiet("An operation of another service may be called"),
    "behaviour.external-operation-removed": _quiet("An operation of another service is no longer called"),
    "behaviour.external-operation-changed": _risky(
        "Another service is sent something else, or is expected to answer otherwise"
    ),
    "behaviour.calls-changed": _risky(
        "The handler of an operation calls other services: no transaction is open while it runs"
    ),
    "behaviour.statements-changed": _risky("An operation writes something else to other rows"),
    "behaviour.body-changed": _risky("An operation is made in another way"),
    "behaviour.sql-block-added": _quiet("SQL is carried into the database"),
    "behaviour.sql-block-changed": _risky("SQL that is carried into the database has changed"),
    "behaviour.sql-block-removed": _risky("SQL is no longer carried into the database"),
    "behaviour.order-changed": _risky("Rows of a list come in another order"),
    "behaviour.view-staler": _risky("Rows of a materialized view may be older"),
    "behaviour.declaration-added": _quiet("Something is declared that no api shows"),
    "behaviour.storage-changed": _quiet("A table, a column or an index is stored otherwise"),
    "behaviour.other-changed": _risky("Something else that the specification says has changed"),
}
_CONFIGURATION = {
    "configuration.variable-required": _breaking(
        "The service does not start without a new environment variable"
    ),
    "configuration.variable-removed": _quiet("An environment variable is no longer read"),
    "configuration.setting-added": _added("A setting is new"),
    "configuration.setting-removed": _risky("A setting is no longer read"),
    "configuration.setting-changed": _risky("A setting has another value"),
    "configuration.claim-required": _breaking("Tokens must carry a claim that they did not need"),
    "configuration.claim-optional": _quiet("Tokens may be without a claim that they needed"),
    "configuration.claim-added": _added("Tokens may carry a new claim"),
    "configuration.claim-removed": _quiet("A claim is no longer read"),
    "configuration.claim-changed": _breaking("A claim is read from elsewhere, or as another type"),
    "configuration.api-key-header-changed": _breaking("API keys are read from another header"),
    "configuration.audience-changed": _breaking(
        "Tokens must be for another audience: those that are out are refused"
    ),
    "configuration.issuer-changed": _breaking(
        "Tokens must come from another issuer: those that are out are refused"
    ),
    "configuration.keys-changed": _breaking("Tokens are verified with other keys"),
    "configuration.callers-changed": _breaking("Callers are rows of another entity"),
    "configuration.sign-in-added": _added("Callers can sign in with a password"),
    "configuration.sign-in-removed": _breaking("Callers can no longer sign in here"),
    "configuration.sign-in-changed": _breaking("Callers sign in, up or into a tenant in another way"),
    "configuration.sign-in-adjusted": _risky("Sessions last longer or shorter, or other rows may sign in"),
    "configuration.sign-in-mail-added": _added("Callers reset a password, or verify a login, by mail"),
    "configuration.identity-added": _risky("Callers are identified"),
    "configuration.identity-removed": _breaking("Callers are no longer identified"),
}
_POLICY = {
    "policy.role-added": _added("A role is new"),
    "policy.role-removed": _breaking("A role was removed"),
    "policy.role-changed": _risky("A role is held by other callers; what that means is said of each action"),
    "policy.entity-opened": _added("Rules for a new entity"),
    "policy.access-gained": _finding("A role may do what it could not"),
    "policy.access-lost": _breaking("A role may no longer do what it could"),
    "policy.access-widened": _finding("A role may do something in more cases"),
    "policy.access-narrowed": _breaking("A role may do something in fewer cases"),
    "policy.access-changed": _breaking(
        "A role may do something in other cases, and it cannot be decided in which"
    ),
    "policy.scope-widened": _finding("More rows exist for callers"),
    "policy.scope-narrowed": _breaking("Fewer rows exist for callers"),
    "policy.scope-changed": _breaking("Other rows exist for callers, and it cannot be decided which"),
    "policy.field-gained": _finding("More callers read or write a field"),
    "policy.field-lost": _breaking("Fewer callers read or write a field"),
    "policy.field-changed": _breaking("Other callers read or write a field, and it cannot be decided which"),
    "policy.mask-changed": _risky("What stands in place of a hidden value has changed"),
}
_DEPLOYMENT = {
    "deployment.environment-added": _added("A place to run in is new"),
    "deployment.environment-removed": _risky("An environment was removed"),
    "deployment.environment-changed": _quiet(
        "Host, image, secrets, backups or alerts of an environment have changed"
    ),
    "deployment.service-added": _added("An api runs in a place where it did not"),
    "deployment.service-removed": _risky("An api no longer runs in a place"),
    "deployment.database-changed": _risky("The database of a place to run in is another"),
    "deployment.replicas-changed": _quiet("More or fewer copies run"),
    "deployment.resources-changed": _quiet("Processor, memory or connections have changed"),
    "deployment.objective-changed": _quiet("What is promised about availability or latency has changed"),
    "deployment.database-version-changed": _risky("The database is another version of PostgreSQL"),
    "deployment.storage-lowered": _risky("The database has less room"),
    "deployment.storage-raised": _quiet("The database has more room"),
    "deployment.refresh-changed": _quiet("A materialized view is worked out anew more or less often"),
}

KINDS: dict[str, Kind] = {
    **_REST,
    **_GRAPHQL,
    **_EVENTS,
    **_BEHAVIOUR,
    **_CONFIGURATION,
    **_POLICY,
    **_DEPLOYMENT,
}
