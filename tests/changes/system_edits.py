"""Single edits of systems that are unlike each other, each with the verdict that it must get."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SystemEdit:
    """`says`: `code place` that must be among the changes when `old` becomes `new`. `worst`: the gravest severity of all of them.
    `passes`: whether `--fail-on breaking` lets it pass."""

    system: str
    name: str
    old: str
    new: str
    says: tuple[str, ...]
    worst: str

    @property
    def passes(self) -> bool:
        return self.worst != "breaking"


def _edit(system: str, name: str, old: str, new: str, *says: str, worst: str = "breaking") -> SystemEdit:
    return SystemEdit(system, name, old, new, says, worst)


EDITS = (
    # State machines.
    _edit(
        "booking",
        "transition removed",
        "asked, confirmed -> cancelled by cancel",
        "asked -> cancelled by cancel",
        "behaviour.transition-removed Booking.state confirmed -> cancelled by cancel",
    ),
    _edit(
        "booking",
        "transition made by an operation",
        "confirmed -> over",
        "confirmed -> over by confirm",
        "behaviour.transition-moved Booking.state confirmed -> over by any update",
    ),
    _edit(
        "market",
        "transition leads elsewhere",
        "open -> refused by refuse",
        "open -> taken by refuse",
        "behaviour.transition-moved Offer.state open -> refused by refuse",
    ),
    _edit(
        "relay",
        "transition added",
        "failed -> started by begin",
        "failed -> started by begin\n  done -> started by begin",
        "behaviour.transition-added Job.step done -> started by begin",
        worst="compatible",
    ),
    # Keys, checks, exclusions.
    _edit(
        "harbour",
        "unique key added",
        "  unique (port, id)\n",
        "  unique (port, id)\n  unique (port)\n",
        "behaviour.unique-added Agent unique (port_id)",
    ),
    _edit(
        "harbour",
        "unique key implied by another",
        "  unique (ship, arrives)",
        "  unique (ship, arrives)\n  unique (ship, arrives, leaves)",
        "behaviour.unique-implied Call unique (ship_id, arrives, leaves)",
        worst="compatible",
    ),
    _edit(
        "booking",
        "unique key gone",
        "  unique (booking, label)\n",
        "",
        "behaviour.unique-removed Extra unique (booking_id, label)",
        worst="risky",
    ),
    _edit(
        "market",
        "unique field",
        "name: string(1..60)\n  phone",
        "name: string(1..60) @unique\n  phone",
        "behaviour.unique-added Person unique (name)",
    ),
    _edit(
        "harbour",
        "check added",
        "  check in_order (leaves >= arrives)\n",
        '  check in_order (leaves >= arrives)\n  check recent (arrives > "2020-01-01")\n',
        "behaviour.check-added Call ck_call_recent",
    ),
    _edit(
        "harbour",
        "check tightened",
        "check in_order (leaves >= arrives)",
        "check in_order (leaves > arrives)",
        "behaviour.check-tightened Call ck_call_in_order",
    ),
    _edit(
        "ledger",
        "check the other way round",
        "check different (source != target)",
        "check different (target != source)",
        worst="none",
    ),
    _edit(
        "ledger",
        "check loosened",
        'check value_not_ancient (value_on > "2000-01-01")',
        'check value_not_ancient (value_on > "1990-01-01")',
        "behaviour.check-loosened Transfer ck_transfer_value_not_ancient",
        worst="risky",
    ),
    _edit(
        "meter",
        "check gone",
        "  check level_is_sane (level >= -1000 and level < 1000.5)\n",
        "",
        "behaviour.check-removed Sample ck_sample_level_is_sane",
        worst="risky",
    ),
    _edit(
        "booking",
        "exclusion wider",
        "\n    where (state != cancelled)\n",
        "\n",
        "behaviour.exclusion-added Booking exclusion ex_booking_overlap",
    ),
    # Delete rules, computed fields, bodies, defaults.
    _edit(
        "harbour",
        "delete refused",
        "call: Call @on_delete(cascade)",
        "call: Call @on_delete(restrict)",
        "behaviour.delete-refused Load.call on delete",
    ),
    _edit(
        "harbour",
        "delete rule changed",
        "last_berth: Berth? @on_delete(set_null)",
        "last_berth: Berth? @on_delete(cascade)",
        "behaviour.delete-rule-changed Ship.last_berth on delete",
        worst="risky",
    ),
    _edit(
        "ledger",
        "computed otherwise",
        "@computed(sum(t in incoming, t.amount) - sum(t in outgoing, t.amount))",
        "@computed(sum(t in incoming, t.amount))",
        "behaviour.computed-changed Account.balance",
        worst="risky",
    ),
    _edit(
        "market",
        "computed otherwise",
        "@computed(max(o in offers, o.amount))",
        "@computed(min(o in offers, o.amount))",
        "behaviour.computed-changed Listing.best",
        worst="risky",
    ),
    _edit(
        "ledger",
        "SQL changed",
        "and t.amount >= :least",
        "and t.amount > :least",
        "behaviour.sql-changed movements",
        worst="risky",
    ),
    _edit("ledger", "SQL written otherwise", "from transfer t where", "from transfer t  where", worst="none"),
    _edit(
        "booking",
        "set changed",
        "set { cancelled_because: reason }",
        'set { cancelled_because: "by the guest" }',
        "behaviour.set-changed Booking.cancel cancelled_because",
        worst="risky",
    ),
    _edit(
        "ledger",
        "default changed",
        "fee: decimal(6, 4) = 0.25",
        "fee: decimal(6, 4) = 0.5",
        "rest.input-default-changed POST /bank/transfers body.fee",
        worst="risky",
    ),
    _edit(
        "ledger",
        "value that the system gives",
        "booked_at: timestamp = now() @readonly",
        "booked_at: timestamp = now() + 1d @readonly",
        "behaviour.default-changed Transfer.booked_at",
        worst="risky",
    ),
    # Encryption, soft deletion, audit, order.
    _edit(
        "market",
        "encryption added",
        "message: string(..500)?",
        "message: string(..500)? @encrypted",
        "behaviour.encryption-added Offer.message",
        "events.member-hidden Offer.message",
    ),
    _edit(
        "meter",
        "encryption removed",
        "token: string(..200)? @encrypted",
        "token: string(..200)?",
        "behaviour.encryption-removed Device.token",
    ),
    _edit(
        "harbour",
        "encryption added",
        "goods: string(1..80)\n  tonnes",
        "goods: string(1..80)\n  marks: string(..9)? @encrypted\n  tonnes",
        "rest.property-added Load.marks",
        "configuration.variable-required production ENCRYPTION_KEYS",
    ),
    _edit(
        "booking",
        "soft deletion removed",
        "entity Room with SoftDelete {",
        "entity Room {",
        "behaviour.soft-delete-removed Room",
    ),
    _edit(
        "booking",
        "soft deletion added",
        "entity Extra {",
        "entity Extra with SoftDelete {",
        "behaviour.soft-delete-added Extra",
        worst="risky",
    ),
    _edit(
        "ledger",
        "audit removed",
        "entity Transfer @audited {",
        "entity Transfer {",
        "behaviour.audit-removed Transfer",
        worst="risky",
    ),
    _edit(
        "market",
        "order of keys",
        "entity Person with Timestamps {\n  id: uuid = uuid7() @id",
        "entity Person with Timestamps {\n  id: uuid = uuid4() @id",
        "behaviour.order-changed Person.id",
        worst="risky",
    ),
    # Errors.
    _edit(
        "booking",
        "error of the system",
        "      errors RoomClosed on illegal_transition\n",
        "",
        "rest.error-renamed POST /v1/bookings/{id}/cancel room-closed",
    ),
    _edit(
        "market",
        "error of one operation",
        "op refuse() -> Offer",
        "op refuse() -> Offer { errors NotYours on illegal_transition }",
        "rest.error-renamed POST /v1/offers/{id}/refuse illegal-transition",
    ),
    # Tokens, limits, pages.
    _edit(
        "harbour",
        "audience",
        'audience: "harbour"',
        'audience: "port"',
        "configuration.audience-changed identity audience",
    ),
    _edit(
        "market",
        "issuer",
        'env("JWT_ISSUER")',
        'env("TOKEN_ISSUER")',
        "configuration.issuer-changed identity issuer",
    ),
    _edit(
        "meter",
        "key header",
        "x-meter-key",
        "x-key",
        "configuration.api-key-header-changed identity api_key",
    ),
    _edit("market", "credential gone", "auth bearer, api_key", "auth bearer", "rest.auth-removed Market v1"),
    _edit("meter", "depth lowered", "depth: 8", "depth: 5", "graphql.limits-lowered Meter depth"),
    _edit(
        "meter",
        "depth raised",
        "depth: 8",
        "depth: 9",
        "graphql.limits-raised Meter depth",
        worst="compatible",
    ),
    _edit(
        "booking",
        "rate lowered",
        "limit 6000 per 1m",
        "limit 60 per 1m",
        "rest.rate-limit-lowered Rooms v1",
        worst="risky",
    ),
    _edit(
        "harbour",
        "fewer related rows",
        "expand berths(max: 20)",
        "expand berths(max: 2)",
        "rest.expand-max-lowered GET /v1/ports ?expand=berths",
        "graphql.page-max-lowered Port.berths",
    ),
    # Access.
    _edit(
        "booking",
        "access lost",
        "allow create to guest when guest == actor and starts > now()\n",
        "",
        "policy.access-lost Booking.create guest",
    ),
    _edit(
        "booking",
        "access narrowed",
        "allow cancel to booker when starts > now() + 1d",
        "allow cancel to booker when starts > now() + 1d and state == asked",
        "policy.access-narrowed Booking.cancel booker",
    ),
    _edit(
        "ledger",
        "bound raised",
        "amount <= 10_000",
        "amount <= 20_000",
        "policy.access-widened Transfer.create customer",
        worst="risky",
    ),
    _edit("ledger", "bound turned round", "amount <= 10_000", "10_000 >= amount", worst="none"),
    _edit(
        "ledger",
        "bound lowered",
        "amount <= 10_000",
        "amount < 10_000",
        "policy.access-narrowed Transfer.create customer",
    ),
    _edit(
        "ledger",
        "role that another includes",
        "allow teller, auditor\n",
        "allow customer, auditor\n",
        "policy.access-gained api.movements customer",
        worst="risky",
    ),
    _edit(
        "booking", "role named twice", "allow update to desk\n", "allow update to desk, desk\n", worst="none"
    ),
    _edit(
        "market",
        "condition of a denial",
        "exists o in offers where (o.state == taken)",
        "exists o in offers where (o.state in [taken])",
        worst="none",
    ),
    _edit(
        "market",
        "denial wider",
        "exists o in offers where (o.state == taken)",
        "exists o in offers where (o.state in [open, taken])",
        "policy.access-narrowed Listing.update seller",
    ),
    _edit(
        "market",
        "double negation",
        "allow update to buyer when old.state == open",
        "allow update to buyer when not (old.state != open)",
        worst="none",
    ),
    _edit(
        "market",
        "all other values",
        "allow update to buyer when old.state == open",
        "allow update to buyer when not (old.state in [taken, refused])",
        worst="none",
    ),
    _edit(
        "booking",
        "relation of a role",
        "role booker on Booking when guest == actor",
        "role booker on Booking when guest == actor and persons > 1",
        "policy.access-narrowed Booking.read booker",
    ),
    _edit(
        "booking",
        "role no longer includes another",
        "role desk extends guest",
        "role desk",
        "policy.access-lost House.read desk",
    ),
    _edit(
        "ledger",
        "field read by fewer",
        "field fee { read to pays, auditor }",
        "field fee { read to auditor }",
        "policy.field-lost Transfer.fee read",
    ),
    _edit(
        "market",
        "field read by more",
        "field reserve { read to seller  write to user }",
        "field reserve { read to seller, clerk  write to user }",
        "policy.field-gained Listing.reserve read",
        worst="risky",
    ),
    # Compatible.
    _edit(
        "harbour",
        "optional field",
        "home: Port?\n",
        "home: Port?\n  flag: string(2..2)?\n",
        "rest.property-added Ship.flag",
        worst="compatible",
    ),
    _edit(
        "market",
        "value of an enum added",
        "enum OfferState { open, taken, refused }",
        "enum OfferState { open, taken, refused, stale }",
        "rest.answer-value-added OfferState.stale",
        worst="risky",
    ),
    _edit(
        "booking",
        "longer text",
        "label: string(1..60)",
        "label: string(1..90)",
        "rest.input-loosened POST /v1/extras body.label",
        worst="risky",
    ),
    _edit(
        "harbour",
        "resource offers more",
        "resource Port { ops list, get, create, update ",
        "resource Port { ops list, get, create, update  sort name ",
        "rest.sort-added GET /v1/ports ?sort=name",
        worst="compatible",
    ),
    _edit(
        "booking",
        "index",
        "  unique (house, number)\n",
        "  unique (house, number)\n  index (house, beds)\n",
        "behaviour.storage-changed Room",
        worst="compatible",
    ),
    _edit(
        "ledger",
        "argument that may be left out",
        "least: decimal(20, 2) = 0)",
        "least: decimal(20, 2) = 0, most: decimal(20, 2)?)",
        "rest.parameter-added GET /bank/movements ?most",
        worst="compatible",
    ),
    # Lists along relations.
    _edit(
        "press",
        "filter along relations removed",
        "favourites.fan.username as favorited,",
        "",
        "rest.filter-removed GET /v1/articles ?favorited",
        "graphql.input-field-removed ArticleFilter.favorited",
    ),
    _edit(
        "press",
        "name of a filter changed",
        "tags.name as tag,",
        "tags.name as label,",
        "rest.parameter-renamed GET /v1/articles ?tag",
    ),
    _edit(
        "press",
        "filter leads elsewhere under the same name",
        "tags.name as tag,",
        "words as tag,",
        "rest.filter-removed GET /v1/articles ?tag",
    ),
    _edit(
        "press",
        "sort along a relation",
        "sort score, author.username,",
        "sort score, author.desk.title, author.username,",
        "rest.sort-added GET /v1/articles ?sort=author.desk.title",
        worst="risky",
    ),
)
