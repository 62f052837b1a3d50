"""What `security.md` says: who calls, what each role may do, where each rule is held, what is secret."""

from collections.abc import Iterable, Iterator

from bdc.ir import Entity, Expr, ScalarField, SystemIR
from bdc.ir.compiled import ANONYMOUS_ROLE, CallerRule, RowPolicy
from bdc.ir.expr import Call, Literal
from bdc.policy.enforcement import EnforcementRow, Place, enforcement
from bdc.policy.expression_text import in_words
from bdc.policy.matrix import Matrix, MatrixRow, Verdict
from bdc.source.records import dataclass
from bdc.surface.sign_in import sign_in_path
from bdc_emitters.documentation.wording import anchor, cell, code, type_words
from bdc_emitters.documentation.writes import WriteView, job_writes, writes

_YES, _NO = "●", "–"


@dataclass(frozen=True, slots=True)
class ClaimView:
    name: str
    type: str
    source: str
    use: str


@dataclass(frozen=True, slots=True)
class RoleView:
    name: str
    held_by: str
    doc: str


@dataclass(frozen=True, slots=True)
class CellView:
    text: str


@dataclass(frozen=True, slots=True)
class ActionView:
    """A row of an entity's table: the action and one cell per role."""

    name: str
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True)
class NoteView:
    """A condition or a refusal, written out under the table that marks it."""

    action: str
    role: str
    text: str
    rules: str


@dataclass(frozen=True, slots=True)
class GrantsView:
    entity: str
    anchor: str
    scope: str
    has_scope: bool
    roles: tuple[CellView, ...]
    actions: tuple[ActionView, ...]
    notes: tuple[NoteView, ...]
    has_notes: bool


@dataclass(frozen=True, slots=True)
class PlacesView:
    entity: str
    rule: str
    text: str
    places: tuple[CellView, ...]


@dataclass(frozen=True, slots=True)
class SecretView:
    field: str
    kept: str


@dataclass(frozen=True, slots=True)
class SecurityView:
    title: str
    has_identity: bool
    entity: str
    issuer: str
    audience: str
    jwks: str
    api_key_header: str
    has_api_keys: bool
    signs_in: bool
    sign_in_path: str
    access: str
    claims: tuple[ClaimView, ...]
    roles: tuple[RoleView, ...]
    grants: tuple[GrantsView, ...]
    writes: tuple[WriteView, ...]
    has_writes: bool
    place_names: tuple[CellView, ...]
    rules: tuple[PlacesView, ...]
    secrets: tuple[SecretView, ...]
    has_secrets: bool
    audited: str
    has_audited: bool


def security_view(
    system: SystemIR, matrix: Matrix, row_policies: Iterable[RowPolicy], caller_rules: Iterable[CallerRule]
) -> SecurityView:
    """Return the view of the page."""
    identity = system.identity
    secrets, written = tuple(_secrets(system)), (*writes(system), *job_writes(system))
    audited = ", ".join(f"`{entity.name}`" for entity in system.entities if entity.audited)
    return SecurityView(
        system.title,
        identity is not None,
        "`, `".join(caller_entities(system)),
        _setting(identity.issuer if identity else None),
        code((identity.audience_variable or identity.audience or "") if identity else ""),
        _setting(identity.jwks if identity else None),
        code((identity.key_header or "") if identity else ""),
        bool(identity and identity.key_header),
        bool(sign_in_path(system)),
        sign_in_path(system),
        str(identity.sign_in.access) if identity and identity.sign_in else "",
        tuple(_claims(system)),
        tuple(_roles(system)),
        tuple(_grants(system, matrix)),
        written,
        bool(written),
        tuple(CellView(place.value) for place in Place),
        tuple(_placed(row) for row in enforcement(system, row_policies, caller_rules)),
        secrets,
        bool(secrets),
        audited,
        bool(audited),
    )


def _setting(expr: Expr | None) -> str:
    if isinstance(expr, Call) and expr.function == "env" and isinstance(expr.arguments[0], Literal):
        return f"the environment variable `{expr.arguments[0].value}`"
    return code(in_words(expr)) if expr else "–"


def caller_entities(system: SystemIR) -> tuple[str, ...]:
    """Return the entities that callers are rows of."""
    identity = system.identity
    return (identity.entity, *(each.entity for each in identity.others)) if identity is not None else ()


def _claims(system: SystemIR) -> Iterator[ClaimView]:
    identity = system.identity
    if identity is None:
        return
    uses = {
        "id": f"the key of the caller's row in {identity.entity}",
        identity.tenant_claim: "the tenant: compared by every scope",
        identity.roles_claim: "the roles the caller carries",
    }
    for other in identity.others:
        uses[other.key] = (
            f"the key of the caller's row in {other.entity}, in an API key: `actor.id` in rules for its callers"
        )
    for claim in identity.claims:
        text = uses.get(claim.name, "compared by rules")
        yield ClaimView(f"actor.{claim.name}", code(type_words(claim.type)), code(claim.source), text)


def _roles(system: SystemIR) -> Iterator[RoleView]:
    for role in system.roles:
        if role.name == ANONYMOUS_ROLE:
            held = "a request without a token"
        elif role.entity is not None:
            other = system.identity.of_role(role.name) if system.identity is not None else None
            held = (
                f"{f'a {other.entity}' if other is not None else 'anybody'}, on the {role.entity} where `{cell(in_words(role.condition))}`"
                if role.condition
                else role.entity
            )
        else:
            other = system.identity.of_role(role.name) if system.identity is not None else None
            shown = f"a key of a {other.entity}" if other is not None else "a token"
            names = " or ".join(f"`{name}`" for name in role.granted_by or (role.name,))
            held = f"{shown} that carries {names}"
        yield RoleView(role.name, held, cell(role.doc))


def _grants(system: SystemIR, matrix: Matrix) -> Iterator[GrantsView]:
    for entity in system.entities:
        names = tuple(name for name, _ in matrix.roles_of(entity.name))
        actions = matrix.actions(entity.name)
        rows = [row for action in actions for row in matrix.of(entity.name, action)]
        yield _grant(entity.name, names, actions, rows)
    free = [row for row in matrix.rows if row.entity is None]
    if free:
        names = tuple(dict.fromkeys(row.role for row in free))
        yield _grant(
            "Operations outside resources", names, tuple(dict.fromkeys(row.action for row in free)), free
        )


def _grant(title: str, names: tuple[str, ...], actions: tuple[str, ...], rows: list[MatrixRow]) -> GrantsView:
    by_action: dict[str, list[MatrixRow]] = {}
    for row in rows:
        by_action.setdefault(row.action, []).append(row)
    scope = next((row.scope for row in rows if row.scope), "")
    notes = tuple(_note(row) for row in rows if row.rules or row.denied_by)
    return GrantsView(
        title,
        anchor(title),
        scope,
        bool(scope),
        tuple(CellView(name) for name in names),
        tuple(ActionView(name, tuple(CellView(_mark(row)) for row in by_action[name])) for name in actions),
        notes,
        bool(notes),
    )


def _mark(row: MatrixRow) -> str:
    return {Verdict.ALWAYS: "always", Verdict.NEVER: _NO, Verdict.CONDITIONALLY: "when …"}[row.verdict]


def _note(row: MatrixRow) -> NoteView:
    text = {
        Verdict.ALWAYS: "every row in scope",
        Verdict.NEVER: "never",
        Verdict.CONDITIONALLY: f"when `{cell(row.condition)}`",
    }[row.verdict]
    rules = [f"`{rule}`" for rule in row.rules] + [f"not `{rule}`" for rule in row.denied_by]
    return NoteView(row.action, row.role, text, ", ".join(rules))


def _placed(row: EnforcementRow) -> PlacesView:
    marks = tuple(CellView(_YES if place in row.places else _NO) for place in Place)
    return PlacesView(row.entity, row.rule, code(row.text), marks)


def _secrets(system: SystemIR) -> Iterator[SecretView]:
    for entity in system.entities:
        for field in entity.fields:
            if isinstance(field, ScalarField) and (field.encrypted or field.pii):
                yield SecretView(f"{entity.name}.{field.name}", _kept(entity, field))


def _kept(entity: Entity, field: ScalarField) -> str:
    parts = []
    if field.encrypted:
        parts.append("encrypted with AES-256-GCM, the key's id in the value, bound to its row")
    if field.pii:
        parts.append("personal: masked in logs, redacted in the audit log")
    return "; ".join(parts)
