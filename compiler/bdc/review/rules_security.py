"""Security: who can read or write too much, and what is not protected."""

import re
from collections.abc import Iterator

from bdc.ir import Call, EntityField, Expr, Literal, ReferenceField, Scalar, ScalarField
from bdc.policy.matrix import Verdict
from bdc.review.rule import Hit, Rule, Subject, scalar

_PERSONAL = re.compile(
    r"(^|_)(email|phone|mobile|birth|birthday|ssn|passport|iban|tax_number|address|surname|first_name|last_name)(_|$)"
)
_SECRET = re.compile(r"(^|_)(password|secret|token|api_key|private_key|pin)(_|$)")
_WRITES = ("create", "update", "delete")
_DEEP, _DEAR = 12, 10_000


def anonymous_writes(subject: Subject) -> Iterator[Hit]:
    for row in subject.matrix.rows:
        if (
            row.role == "anonymous"
            and row.action in _WRITES
            and row.verdict is not Verdict.NEVER
            and row.entity
        ):
            yield Hit(f"{row.entity}.{row.action}", subject.system.entity(row.entity).origin)


def anonymous_reads_personal(subject: Subject) -> Iterator[Hit]:
    for entity, field in subject.fields():
        policy = subject.system.policy(entity.name)
        ruled = {rule.field for rule in policy.fields if rule.read} if policy else set()
        readable = subject.matrix.anonymous_may(entity.name, "read") if policy else False
        if getattr(field, "pii", False) and readable and field.name not in ruled:
            yield Hit(f"{entity.name}.{field.name}", field.origin)


def unmarked_personal(subject: Subject) -> Iterator[Hit]:
    for entity, field in subject.fields():
        if isinstance(field, ScalarField) and _PERSONAL.search(field.name) and not field.pii:
            yield Hit(f"{entity.name}.{field.name}", field.origin)


def plain_secret(subject: Subject) -> Iterator[Hit]:
    for entity, field in subject.fields():
        text = scalar(field) in (Scalar.STRING, Scalar.TEXT, Scalar.BYTES)
        if isinstance(field, ScalarField) and text and _SECRET.search(field.name) and not field.encrypted:
            yield Hit(f"{entity.name}.{field.name}", field.origin)


def no_limit(subject: Subject) -> Iterator[Hit]:
    yield from (Hit(api.name, api.origin) for api in subject.system.apis if api.limit is None)


def limit_by_address(subject: Subject) -> Iterator[Hit]:
    for api in subject.system.apis:
        if api.limit is not None and api.limit.by is None and api.auth:
            yield Hit(api.name, api.origin)


def open_introspection(subject: Subject) -> Iterator[Hit]:
    for api in subject.system.apis:
        if api.graphql is not None and api.graphql.introspection == "always":
            yield Hit(api.name, api.origin)


def deep_documents(subject: Subject) -> Iterator[Hit]:
    for api in subject.system.apis:
        if api.graphql is not None and api.graphql.depth > _DEEP:
            yield Hit(f"{api.name}: depth {api.graphql.depth}", api.origin)


def dear_documents(subject: Subject) -> Iterator[Hit]:
    for api in subject.system.apis:
        if api.graphql is not None and api.graphql.cost > _DEAR:
            yield Hit(f"{api.name}: cost {api.graphql.cost}", api.origin)


def unaudited_personal(subject: Subject) -> Iterator[Hit]:
    for entity in subject.entities:
        personal = any(getattr(field, "pii", False) for field in entity.fields)
        if personal and not entity.audited:
            yield Hit(entity.name, entity.origin)


def plain_issuer(subject: Subject) -> Iterator[Hit]:
    identity = subject.system.identity
    for expr in (identity.issuer, identity.jwks) if identity is not None else ():
        if isinstance(expr, Literal) and str(expr.value).startswith("http:"):
            yield Hit(str(expr.value), identity.origin if identity else None)


def fixed_keys(subject: Subject) -> Iterator[Hit]:
    identity = subject.system.identity
    if identity is not None and isinstance(identity.jwks, Literal) and not _is_env(identity.jwks):
        yield Hit(str(identity.jwks.value), identity.origin)


def _is_env(expr: Expr) -> bool:
    return isinstance(expr, Call)


def open_field(subject: Subject) -> Iterator[Hit]:
    """Personal data that every role may read that may read the row."""
    for entity, field in subject.fields():
        policy = subject.system.policy(entity.name)
        ruled = {rule.field for rule in policy.fields if rule.read} if policy else set()
        if getattr(field, "pii", False) and field.name not in ruled and policy is not None:
            yield Hit(f"{entity.name}.{field.name}", field.origin)


def _given(subject: Subject) -> Iterator[tuple[str, EntityField]]:
    """Yield the fields that callers may write."""
    for _, resource in subject.resources():
        entity = subject.system.entity(resource.entity)
        for shape in (resource.create, resource.update):
            for member in shape.members if shape is not None else ():
                yield entity.name, entity.field(member.field)


def unbounded_text(subject: Subject) -> Iterator[Hit]:
    for entity, field in _given(subject):
        logical = getattr(field, "type", None)
        if scalar(field) in (Scalar.TEXT, Scalar.STRING) and getattr(logical, "max_length", None) is None:
            yield Hit(f"{entity}.{field.name}", field.origin)


def free_json(subject: Subject) -> Iterator[Hit]:
    for entity, field in _given(subject):
        if scalar(field) is Scalar.JSON:
            yield Hit(f"{entity}.{field.name}", field.origin)


def counted_key(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        entity = subject.system.entity(resource.entity)
        if entity.numbered_key is not None:
            yield Hit(entity.name, entity.origin)


def personal_order(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        for name in resource.sorts:
            if _is_personal(subject, resource.entity, name):
                yield Hit(f"{resource.entity}.{name}", resource.origin)


def personal_search(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        for name in resource.search:
            if _is_personal(subject, resource.entity, name):
                yield Hit(f"{resource.entity}.{name}", resource.origin)


def personal_filter(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        for each in resource.filters:
            probing = set(each.operators) & {"contains", "startswith", "gt", "gte", "lt", "lte"}
            if probing and not each.via and _is_personal(subject, resource.entity, each.field):
                yield Hit(f"{resource.entity}.{each.field}", resource.origin)


def _is_personal(subject: Subject, entity: str, name: str) -> bool:
    found = next((each for each in subject.system.entity(entity).fields if each.name == name), None)
    return bool(getattr(found, "pii", False))


def silent_denial(subject: Subject) -> Iterator[Hit]:
    for policy in subject.system.policies:
        for rule in policy.rules:
            if rule.effect == "deny" and not rule.because:
                yield Hit(rule.id, rule.origin)


def deleted_by_all(subject: Subject) -> Iterator[Hit]:
    claims = {role.name for role in subject.matrix.claim_roles}
    for entity in subject.entities:
        able = {
            row.role
            for row in subject.matrix.of(entity.name, "delete")
            if row.verdict is Verdict.ALWAYS and row.role in claims
        }
        if claims and able == claims and len(claims) > 1:
            yield Hit(entity.name, entity.origin)


def changed_owner(subject: Subject) -> Iterator[Hit]:
    identity = subject.system.identity
    for _, resource in subject.resources():
        entity = subject.system.entity(resource.entity)
        for member in resource.update.members if resource.update is not None else ():
            field = entity.field(member.field)
            if identity is not None and isinstance(field, ReferenceField) and field.target == identity.entity:
                yield Hit(f"{entity.name}.{field.name}", field.origin)


SECURITY: tuple[Rule, ...] = (
    Rule("S01", "callers without a token may write", "Anyone on the network can fill or change the table.",
         "Give the action to a role.", 3, anonymous_writes, (("  allow read to member when id == actor.org\n}", "  allow read to member when id == actor.org\n  allow create to anonymous\n}"),)),
    Rule("S02", "callers without a token may read personal data", "The field is marked `@pii` and is public.",
         "Write a rule for the field, or for the row.", 3, anonymous_reads_personal,
         (("  name: string(1..80)\n", "  name: string(1..80) @pii\n"), ("  allow read to member when id == actor.org\n}", "  allow read to member, anonymous\n}"))),
    Rule("S03", "a field looks like personal data and is not marked", "Unmarked, it stands in logs, events and exports.",
         "Write `@pii`.", 2, unmarked_personal, (("  quantity: int(1..999)\n", "  quantity: int(1..999)\n  contact_phone: string(..30)?\n"),)),
    Rule("S04", "a field looks like a secret and is not encrypted", "Everyone with a copy of the database has it.",
         "Write `@encrypted`, or keep a hash only.", 3, plain_secret, (("  quantity: int(1..999)\n", "  quantity: int(1..999)\n  access_token: string(..80)?\n"),)),
    Rule("S05", "an api has no rate limit", "One client can take all connections, and passwords or keys can be tried.",
         "Write `limit 600 per 1m by actor.id`.", 2, no_limit, (("  limit 600 per 1m by actor.id\n", ""),)),
    Rule("S06", "a rate limit counts addresses", "Callers behind one address share it, and one caller with many addresses escapes it.",
         "Count callers: `by actor.id`.", 1, limit_by_address, (("per 1m by actor.id", "per 1m"),)),
    Rule("S07", "GraphQL introspection is always on", "The whole schema, with what is not documented, is told to every caller.",
         "Write `introspection: dev`.", 1, open_introspection, (("introspection: dev", "introspection: always"),)),
    Rule("S08", "GraphQL documents may be deep", "Depth multiplies rows: each level can bring a page of the next.",
         "Write `depth: 8`.", 2, deep_documents, (("depth: 8", "depth: 20"),)),
    Rule("S09", "GraphQL documents may be dear", "One request can read tens of thousands of values.",
         "Write `cost: 2000`.", 2, dear_documents, (("cost: 2000", "cost: 50000"),)),
    Rule("S10", "personal data is not audited", "Nothing says which caller changed it, and when.",
         "Write `@audited` at the entity.", 2, unaudited_personal, (("entity User with Tenanted, Timestamps @versioned @audited", "entity User with Tenanted, Timestamps @versioned"),)),
    Rule("S11", "keys of tokens are fetched without TLS", "An attacker on the way can replace the keys, and make tokens.",
         "Write an address that begins with https.", 3, plain_issuer, (('issuer: env("JWT_ISSUER")', 'issuer: "http://id.example.com"'),)),
    Rule("S12", "the address of the keys is fixed", "Another environment cannot have another identity provider.",
         'Write `jwks: env("JWKS_URL")`.', 1, fixed_keys, (('jwks: env("JWKS_URL")', 'jwks: "https://id.example.com/keys"'),)),
    Rule("S13", "every reader of a row reads its personal data", "The field has no rule of its own.",
         "Write `field email { read to manager  else mask(\"***\") }`.", 1, open_field,
         (('  field email { read to manager  else mask("***") }\n', ""),)),
    Rule("S14", "callers may send a text of any length", "A text of a hundred megabytes is a valid value.",
         "Write a bound: `string(..500)`.", 2, unbounded_text, (("  note: string(..500)?", "  note: text?"),)),
    Rule("S15", "callers may send any document", "A json field has no schema: it is stored and shown as it came.",
         "Write a struct.", 1, free_json, (("  note: string(..500)?", "  note: json?"),)),
    Rule("S16", "keys can be counted", "A caller learns from its own keys how many rows others have, and can guess theirs.",
         "Write `id: uuid = uuid7() @id`.", 1, counted_key,
         (("entity Order with Tenanted, Timestamps @versioned @audited {\n  id: uuid = uuid7() @id", "entity Order with Tenanted, Timestamps @versioned @audited {\n  id: bigint @id @identity"),)),
    Rule("S17", "lists are sorted by personal data", "The order tells the values, also where they are masked.",
         "Sort by something else.", 2, personal_order, (("  note: string(..500)?", "  note: string(..500)? @pii"), ("    sort created_at\n", "    sort created_at, note\n"), ("  index (org, created_at desc)\n", "  index (org, created_at desc)\n  index (org, note)\n"))),
    Rule("S18", "lists are searched by personal data", "A search tells whether a word is in a value, also where it is masked.",
         "Leave the field out of `search`.", 2, personal_search, (("  note: string(..500)?", "  note: string(..500)? @pii @searchable"), ("    sort created_at\n", "    sort created_at\n    search note\n"))),
    Rule("S19", "personal data can be found by probing", "With `contains` or a range, a caller narrows down a value that it may not see.",
         "Filter by equality only.", 2, personal_filter, (("  note: string(..500)?", "  note: string(..500)? @pii"), ("filter status, created_at(range)", "filter status, created_at(range), note(contains)"))),
    Rule("S20", "a denial gives no reason", "Callers get 403 and do not learn why.",
         'Write `because "…"`.', 1, silent_denial, ((' because "a placed order is not cancelled"', ""),)),
    Rule("S21", "every role may delete every row", "One stolen token of the least role empties the table.",
         "Give deletion to one role, or on a condition.", 3, deleted_by_all, (("  allow cancel to manager\n", "  allow cancel to manager\n  allow delete to member\n"),)),
    Rule("S22", "an update may give a row to another caller", "Policies that compare it with the caller then let another one in.",
         "Leave the reference out of `input update`, or write `@immutable`.", 2, changed_owner, (("input update { note? }", "input update { note?, buyer }"),)),
)  # fmt: skip
