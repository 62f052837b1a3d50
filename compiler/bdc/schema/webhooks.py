"""Tables of webhooks: subscriptions as the relay reads them, deliveries, leases; there are none without `webhooks`.

`app.webhook` has a row for each row of the subscribing entity. A trigger keeps it, so that the relay needs no right on the entity itself: address,
secret (encrypted), and the claims of the caller that made the subscription, by whose rights events are sent.
"""

from collections.abc import Iterable, Iterator

from bdc.ddl.names import Name
from bdc.ddl.nodes import (
    AddForeignKey,
    ColumnDef,
    CreateFunction,
    CreateIndex,
    CreatePolicy,
    CreateTrigger,
    ForeignKeyDef,
    Grant,
    IndexPart,
    Privilege,
    Section,
    Statement,
)
from bdc.ddl.printer import literal
from bdc.ir import Entity, ScalarField, SystemIR
from bdc.ir.compiled import IdentityParameter
from bdc.query.names import quote
from bdc.query.relations import deletion_column
from bdc.schema.names import APP, Roles, fitted, name_of
from bdc.schema.system_tables import OUTBOX, SystemTable, create_table

ROTATION = "1 day"
"""How long a replaced secret is still used beside the new one."""

WEBHOOK = SystemTable(
    "webhook",
    "Subscriptions as the relay reads them: kept by a trigger of the entity that has them.",
    (
        ColumnDef("subscription", "uuid"),
        ColumnDef("tenant", "text", not_null=False),
        ColumnDef("url", "text"),
        ColumnDef("secret", "text"),
        ColumnDef("previous_secret", "text", not_null=False),
        ColumnDef("previous_until", "timestamptz", not_null=False),
        ColumnDef("topics", "text[]", not_null=False),
        ColumnDef("claims", "jsonb"),
        ColumnDef("since", "timestamptz", default="now()"),
        ColumnDef("verified_at", "timestamptz", not_null=False),
        ColumnDef("asked", "integer", default="0"),
        ColumnDef("ask_at", "timestamptz", default="now()"),
        ColumnDef("disabled_at", "timestamptz", not_null=False),
    ),
    ("subscription",),
)
DELIVERY = SystemTable(
    "webhook_delivery",
    "Events on their way to subscribers, those sent, and those given up (dead letters).",
    (
        ColumnDef("id", "bigint generated always as identity"),
        ColumnDef("event_id", "bigint"),
        ColumnDef("subscription", "uuid"),
        ColumnDef("line", "text"),
        ColumnDef("slot", "smallint"),
        ColumnDef("attempts", "integer", default="0"),
        ColumnDef("due_at", "timestamptz", default="now()"),
        ColumnDef("sent_at", "timestamptz", not_null=False),
        ColumnDef("dead_at", "timestamptz", not_null=False),
        ColumnDef("status", "integer", not_null=False),
        ColumnDef("error", "text", not_null=False),
    ),
    ("id",),
)
LEASE = SystemTable(
    "relay_lease",
    "Which relay works on which part of the deliveries, and until when.",
    (
        ColumnDef("slot", "smallint"),
        ColumnDef("holder", "text"),
        ColumnDef("until", "timestamptz"),
    ),
    ("slot",),
)
INBOX = SystemTable(
    "inbox",
    "Messages that came in: each has its effect once. `error`: why it had none.",
    (
        ColumnDef("source", "text"),
        ColumnDef("message", "text"),
        ColumnDef("event", "text"),
        ColumnDef("at", "timestamptz", default="now()"),
        ColumnDef("error", "text", not_null=False),
        ColumnDef("payload", "jsonb", not_null=False),
    ),
    ("source", "message"),
    (("at",),),
)
_PENDING = "(sent_at is null) and (dead_at is null)"


def webhook_tables(system: SystemIR) -> tuple[SystemTable, ...]:
    """Return the tables of `app` that webhooks, streams and sources add."""
    found = (WEBHOOK, DELIVERY) if system.webhooks is not None else ()
    inbox = (INBOX,) if system.all_consumers else ()
    return (*found, *((LEASE,) if system.has_relay else ()), *inbox)


def create_webhook_tables(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    """Yield the tables with their indexes, references, and what the role of the relay may do with them."""
    tables = webhook_tables(system)
    if not tables:
        return
    yield Section("Events that leave and come in: subscriptions, deliveries, and which relay does what")
    for table in tables:
        yield from create_table(table, roles)
    if system.webhooks is not None:
        yield from _references()
        yield from _indexes()
    if system.stream is not None:
        yield from _published()
    yield from _rights(system, roles)


def _references() -> Iterator[Statement]:
    for column, target, key in (("event_id", OUTBOX, "id"), ("subscription", WEBHOOK, "subscription")):
        reference = ForeignKeyDef(
            f"webhook_delivery_{column}_fkey", (column,), Name(target.name, APP), (key,), on_delete="cascade"
        )
        yield AddForeignKey(Name(DELIVERY.name, APP), reference)


def _indexes() -> Iterator[Statement]:
    outbox, delivery = Name(OUTBOX.name, APP), Name(DELIVERY.name, APP)
    yield _index("outbox_pending_idx", outbox, ("id",), where="delivered_at is null")
    yield _index("outbox_delivered_at_idx", outbox, ("delivered_at",))
    unique = "webhook_delivery_event_id_subscription_idx"
    yield _index(unique, delivery, ("event_id", "subscription"), unique=True)
    yield _index("webhook_delivery_line_idx", delivery, ("subscription", "line", "event_id"), where=_PENDING)
    due = ("subscription", "due_at", "event_id")
    yield _index("webhook_delivery_due_idx", delivery, due, where=_PENDING)
    yield _index("webhook_delivery_dead_idx", delivery, ("event_id",), where="dead_at is not null")
    yield _index("webhook_delivery_subscription_idx", delivery, ("subscription", "event_id"))


def _published() -> Iterator[Statement]:
    outbox, unpublished = Name(OUTBOX.name, APP), "published_at is null"
    yield _index("outbox_unpublished_idx", outbox, ("id",), where=unpublished)
    yield _index("outbox_unpublished_key_idx", outbox, ("key", "id"), where=unpublished)
    yield _index("outbox_published_at_idx", outbox, ("published_at",))


def _index(
    name: str, table: Name, columns: tuple[str, ...], *, unique: bool = False, where: str | None = None
) -> Statement:
    return CreateIndex(name, table, tuple(IndexPart(each) for each in columns), unique=unique, where=where)


def _rights(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    """The relay is the service's own program: it logs in as the service does, and takes the role `service` for these tables."""
    changed = ["delivered_at"]
    if system.stream is not None:
        changed += ["published_at", "publish_at", "publish_attempts", "publish_error"]
    rights = {
        OUTBOX: (Privilege("select"), Privilege("update", tuple(changed)), Privilege("delete")),
        WEBHOOK: (
            Privilege("select"),
            Privilege("update", ("verified_at", "asked", "ask_at", "disabled_at")),
        ),
        DELIVERY: (Privilege("select"), Privilege("insert"), Privilege("update"), Privilege("delete")),
        LEASE: (Privilege("select"), Privilege("insert"), Privilege("update"), Privilege("delete")),
        INBOX: (Privilege("select"), Privilege("insert"), Privilege("update"), Privilege("delete")),
    }
    for table in (*((OUTBOX,) if system.relays else ()), *webhook_tables(system)):
        given = rights[table]
        name = Name(table.name, APP)
        every_row = f"{quote(table.key[0])} is not null"
        yield CreatePolicy(
            f"{table.name}_relay", name, "all", (roles.service,), using=every_row, check=every_row
        )
        yield Grant(given, "table", name, (roles.service,))


def create_webhook_trigger(system: SystemIR, identity: Iterable[IdentityParameter]) -> Iterator[Statement]:
    """Yield what keeps `app.webhook` as the rows of the subscribing entity are."""
    if system.webhooks is None:
        return
    entity = system.entity(system.webhooks.entity)
    table = system.table(entity.table)
    function = Name(fitted(f"{table.name}_webhook"), APP)
    yield CreateFunction(function, _body(system, entity, identity), definer=True)
    events = "insert or update or delete"
    yield CreateTrigger(fitted(f"{table.name}_webhook"), name_of(table), "after", events, function)


_BODY = """begin
  if tg_op = 'DELETE' then
    delete from app.webhook where subscription = old.{key};
  elsif {gone} then
    delete from app.webhook where subscription = new.{key};
  elsif tg_op = 'INSERT' then
    insert into app.webhook (subscription, tenant, url, secret, topics, claims)
    values (new.{key}, {tenant}, new.{url}, new.{secret}, {topics}, jsonb_build_object({claims}));
  else
    update app.webhook w set
      url = new.{url},
      topics = {topics},
      secret = new.{secret},
      previous_secret = case when old.{secret} = new.{secret} then w.previous_secret else old.{secret} end,
      previous_until = case when old.{secret} = new.{secret} then w.previous_until else now() + interval '{rotation}' end,
      verified_at = case when old.{url} = new.{url} then w.verified_at end,
      disabled_at = case when old.{url} = new.{url} then w.disabled_at end,
      asked = case when old.{url} = new.{url} then w.asked else 0 end,
      ask_at = case when old.{url} = new.{url} then w.ask_at else now() end
    where w.subscription = new.{key};
  end if;
  return null;
end"""


def _body(system: SystemIR, entity: Entity, identity: Iterable[IdentityParameter]) -> str:
    declared, table = system.webhooks, system.table(entity.table)
    assert declared is not None
    deleted = deletion_column(entity)
    settings = (
        f"{literal(each.setting)}, coalesce(nullif(current_setting({literal(each.setting)}, true), ''), {literal(each.anonymous)})"
        for each in identity
        if each.claim is not None
    )
    return _BODY.format(
        key=_column(entity, entity.key[0]),
        url=_column(entity, declared.url),
        secret=_column(entity, declared.secret),
        topics=f"new.{_column(entity, declared.topics)}::text[]" if declared.topics else "null",
        tenant=f"new.{quote(table.tenant_column)}::text" if table.tenant_column else "null",
        gone=f"new.{quote(deleted)} is not null" if deleted is not None else "false",
        claims=", ".join(settings),
        rotation=ROTATION,
    )


def _column(entity: Entity, name: str) -> str:
    field = entity.field(name)
    assert isinstance(field, ScalarField)
    return quote(field.column)
