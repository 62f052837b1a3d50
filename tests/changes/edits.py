"""Changes to one small system: each a piece of text in place of another, with what must be said about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """`says`: `code place` of changes that must be among those found when `old` becomes `new`."""

    name: str
    old: str
    new: str
    says: tuple[str, ...]


EDITS = (
    Edit(
        "operation removed",
        "ops list, get, create, update, delete",
        "ops list, get, create, update",
        ("rest.operation-removed DELETE /v1/customers/{id}", "graphql.field-removed Mutation.deleteCustomer"),
    ),
    Edit(
        "resource moved",
        'resource Customer at "/customers"',
        'resource Customer at "/clients"',
        ("rest.path-changed GET /v1/customers", "rest.path-changed PATCH /v1/customers/{id}"),
    ),
    Edit(
        "api moved",
        'at "/v1"',
        'at "/api"',
        ("rest.base-path-changed Shop v1",),
    ),
    Edit("auth removed", "auth bearer, api_key", "auth bearer", ("rest.auth-removed Shop v1",)),
    Edit("limit lowered", "limit 600 per 1m", "limit 60 per 1m", ("rest.rate-limit-lowered Shop v1",)),
    Edit(
        "graphql gone",
        'graphql at "/graphql" { depth: 8  cost: 2000  introspection: dev }',
        "",
        ("graphql.endpoint-removed Shop",),
    ),
    Edit("graphql limits", "depth: 8", "depth: 4", ("graphql.limits-lowered Shop depth",)),
    Edit(
        "filter removed",
        "filter tier, name",
        "filter tier",
        ("rest.filter-removed GET /v1/customers ?name", "graphql.input-field-removed CustomerFilter.name"),
    ),
    Edit(
        "range filter removed",
        "filter status, customer, created_at(range)",
        "filter status, customer",
        ("rest.filter-removed GET /v1/orders ?created_at[gte]",),
    ),
    Edit(
        "sort removed",
        "sort created_at, number",
        "sort created_at",
        ("rest.sort-removed GET /v1/orders ?sort=number", "graphql.value-removed OrderSort.NUMBER_ASC"),
    ),
    Edit(
        "expand removed",
        "expand customer, lines(max: 50)",
        "expand lines(max: 50)",
        ("rest.expand-removed GET /v1/orders ?expand=customer", "graphql.field-removed Order.customer"),
    ),
    Edit(
        "page smaller",
        "page cursor(default: 20, max: 100)\n    filter tier",
        "page cursor(default: 10, max: 50)\n    filter tier",
        (
            "rest.page-max-lowered GET /v1/customers ?limit",
            "rest.page-default-changed GET /v1/customers ?limit",
            "graphql.page-max-lowered Query.customers",
            "graphql.argument-default-changed Query.customers(first)",
        ),
    ),
    Edit(
        "field removed",
        "  email: string(3..120)\n",
        "",
        (
            "rest.property-removed Customer.email",
            "rest.input-removed POST /v1/customers body.email",
            "graphql.field-removed Customer.email",
            "graphql.input-field-removed CreateCustomerInput.email",
        ),
    ),
    Edit(
        "field optional",
        "  name: string(1..80)\n  email",
        "  name: string(1..80)?\n  email",
        (
            "rest.property-nullable Customer.name",
            "rest.input-optional POST /v1/customers body.name",
            "graphql.field-nullable Customer.name",
            "graphql.input-field-optional CreateCustomerInput.name",
        ),
    ),
    Edit(
        "field longer",
        "email: string(3..120)",
        "email: string(3..200)",
        ("rest.property-loosened Customer.email", "rest.input-loosened POST /v1/customers body.email"),
    ),
    Edit(
        "number narrower",
        "count: int(1..1000) = 1",
        "count: int(1..10) = 1",
        ("rest.input-tightened POST /v1/orders body.count",),
    ),
    Edit(
        "type changed",
        "count: int(1..1000) = 1",
        'count: string(1..8) = "1"',
        (
            "rest.property-type-changed Order.count",
            "rest.input-type-changed POST /v1/orders body.count",
            "graphql.field-type-changed Order.count",
        ),
    ),
    Edit(
        "bigger number",
        "count: int(1..1000) = 1",
        "count: bigint(1..1000) = 1",
        ("graphql.field-type-changed Order.count",),
    ),
    Edit(
        "default changed",
        "count: int(1..1000) = 1",
        "count: int(1..1000) = 5",
        ("rest.input-default-changed POST /v1/orders body.count",),
    ),
    Edit(
        "default gone",
        "count: int(1..1000) = 1",
        "count: int(1..1000)",
        (
            "rest.input-required POST /v1/orders body.count",
            "graphql.input-field-required CreateOrderInput.count",
        ),
    ),
    Edit(
        "decimal narrower",
        "amount: decimal(12, 2) @min(0)",
        "amount: decimal(8, 2) @min(0)",
        ("rest.input-tightened POST /v1/orders body.amount",),
    ),
    Edit(
        "input member removed",
        "input update { note?, amount? }",
        "input update { note? }",
        (
            "rest.input-removed PATCH /v1/orders/{id} body.amount",
            "graphql.input-field-removed UpdateOrderInput.amount",
        ),
    ),
    Edit(
        "nested input removed",
        "lines { text, quantity }",
        "lines { quantity }",
        ("rest.input-removed POST /v1/orders body.lines[].text",),
    ),
    Edit(
        "nested input tighter",
        "quantity: int(1..100)",
        "quantity: int(1..10)",
        ("rest.input-tightened POST /v1/orders body.lines[].quantity",),
    ),
    Edit(
        "value added",
        "enum Tier { standard, gold }",
        "enum Tier { standard, gold, platinum }",
        ("rest.answer-value-added Tier.platinum", "graphql.value-added Tier.platinum"),
    ),
    Edit(
        "value removed",
        "enum Status { draft, placed, cancelled }",
        "enum Status { draft, placed, cancelled, lost }",
        ("rest.answer-value-added Status.lost",),
    ),
    Edit(
        "struct member required",
        "  city: string(1..80)\n",
        "  city: string(1..80)\n  postcode: string(..12)\n",
        (
            "rest.input-required Address.postcode",
            "graphql.input-field-required AddressInput.postcode",
        ),
    ),
    Edit(
        "argument added",
        "op cancel(reason: string(1..200))",
        "op cancel(reason: string(1..200), by: string(1..40))",
        (
            "rest.input-required POST /v1/orders/{id}/cancel body.by",
            "graphql.argument-required Mutation.cancelOrder(by)",
        ),
    ),
    Edit(
        "query argument renamed",
        "op totals(since: date)",
        "op totals(since: date, until: date?)",
        ("rest.parameter-added GET /v1/totals ?until", "graphql.argument-added Query.totals(until)"),
    ),
    Edit(
        "answer of an operation",
        "struct Total {\n  day: date",
        "struct Total {\n  day: timestamp",
        ("rest.property-type-changed Total.day", "graphql.field-type-changed Total.day"),
    ),
    Edit(
        "error added",
        "errors TooLate on illegal_transition",
        "errors TooLate on illegal_transition, Closed",
        ("rest.error-added POST /v1/orders/{id}/cancel closed",),
    ),
    Edit("error status", "error TooLate 409", "error TooLate 423", ("rest.error-status-changed too-late",)),
    Edit(
        "error member",
        "error TooLate 409 { created_at: timestamp }",
        "error TooLate 409 { created_at: timestamp  number: string(1..20) }",
        ("rest.property-added too-late.number",),
    ),
    Edit(
        "idempotency gone",
        "op place() -> Order @idempotent",
        "op place() -> Order",
        (
            "rest.idempotency-removed POST /v1/orders/{id}/place Idempotency-Key",
            "graphql.argument-removed Mutation.placeOrder(idempotencyKey)",
        ),
    ),
    Edit(
        "version gone",
        "entity Order @versioned {",
        "entity Order {",
        (
            "rest.etag-removed Order ETag",
            "rest.property-removed Order.version",
            "graphql.argument-removed Mutation.updateOrder(ifMatch)",
        ),
    ),
    Edit(
        "reference optional",
        "customer: Customer @on_delete(restrict)",
        "customer: Customer? @on_delete(restrict)",
        ("rest.property-nullable Order.customer_id", "graphql.field-nullable Order.customerId"),
    ),
    Edit(
        "field hidden",
        "allow delete to manager\n",
        "allow delete to manager\n  field secret { read to manager }\n  field email { read to manager }\n",
        (
            "rest.property-nullable Customer.email",
            "graphql.field-nullable Customer.email",
            "policy.field-lost Customer.email read",
        ),
    ),
    Edit(
        "field masked",
        "allow delete to manager\n",
        'allow delete to manager\n  field email { read to manager  else mask("***") }\n',
        ("rest.property-masked Customer.email", "policy.field-lost Customer.email read"),
    ),
    Edit(
        "access lost",
        "allow read, create, update to member",
        "allow read, create to member\n  allow update to manager",
        ("policy.access-lost Customer.update member",),
    ),
    Edit(
        "access narrowed",
        "when old.status in [draft, placed]",
        "when old.status == draft",
        ("policy.access-narrowed Order.update member, manager",),
    ),
    Edit(
        "role added",
        "role manager extends member\n",
        "role manager extends member\nrole auditor\n",
        ("policy.role-added auditor",),
    ),
    Edit(
        "event member",
        "event Cancelled { order: Order  reason: string }",
        "event Cancelled { order: Order }",
        ("events.member-removed Cancelled.reason",),
    ),
    Edit(
        "emits no more",
        "      emits Cancelled\n",
        "",
        ("events.emission-removed Order.cancel Cancelled",),
    ),
    Edit(
        "claim required",
        'claim roles: string[] = "roles"',
        'claim roles: string[] = "roles"\n  claim team: uuid = "team"',
        ("configuration.claim-required claim team",),
    ),
    Edit(
        "key header",
        'api_key header("x-api-key")',
        'api_key header("x-key")',
        ("configuration.api-key-header-changed identity api_key",),
    ),
    Edit(
        "secret needed",
        "secret: string(..40)?",
        "secret: string(..40)? @encrypted",
        ("configuration.variable-required production ENCRYPTION_KEYS",),
    ),
    Edit(
        "variable renamed",
        'env("JWKS_URL")',
        'env("KEYS_URL")',
        (
            "configuration.variable-required production KEYS_URL",
            "configuration.variable-removed production JWKS_URL",
        ),
    ),
    Edit(
        "resource removed",
        'resource Place at "/places" {\n    ops list, get, create, update, delete\n    page cursor(default: 20, max: 100)\n    filter tier, title, opened(range)\n    sort title\n    expand customer\n  }',
        "",
        ("rest.operation-removed GET /v1/places", "graphql.type-removed Place"),
    ),
    Edit(
        "view of others",
        "where (p.opened != null)",
        'where (p.title != "")',
        ("rest.view-changed OpenPlace",),
    ),
    Edit("view more often", "refresh: 5m", "refresh: 1m", ("deployment.refresh-changed PlaceCount",)),
    Edit(
        "view by hand",
        "(refresh: 5m)",
        "",
        ("deployment.refresh-changed PlaceCount", "behaviour.view-staler PlaceCount"),
    ),
    Edit(
        "view with less",
        "  tier: Tier = p.tier\n",
        "",
        ("rest.property-removed OpenPlace.tier", "graphql.field-removed OpenPlace.tier"),
    ),
    Edit(
        "filters removed",
        "filter tier, name\n    sort name",
        "sort name",
        ("rest.filter-removed GET /v1/customers ?tier", "graphql.type-removed CustomerFilter"),
    ),
    Edit(
        "expand added",
        "sort name\n    expand orders(max: 20)",
        "sort name\n    expand orders(max: 40) { lines(max: 60) }",
        ("rest.expand-added GET /v1/customers ?expand=orders.lines",),
    ),
    Edit(
        "more copies",
        "replicas: 2..4",
        "replicas: 4..8",
        ("deployment.replicas-changed production Shop",),
    ),
    Edit(
        "other server",
        "version: 17",
        "version: 18",
        ("deployment.database-version-changed production database",),
    ),
    Edit(
        "other host",
        'host: "api.example.com"',
        'host: "shop.example.com"',
        ("deployment.environment-changed production host",),
    ),
    Edit(
        "less room",
        "storage: 50Gi",
        "storage: 20Gi",
        ("deployment.storage-lowered production database storage",),
    ),
)
