"""Architecture: names, documentation, and parts that nothing uses."""

from collections.abc import Iterator

from bdc.ir import (
    ArrayType,
    CollectionField,
    EnumType,
    HandlerBody,
    ReferenceField,
    Scalar,
    StructType,
    TransitionBody,
)
from bdc.review.rule import Hit, Rule, Subject, scalar

_MANY_FIELDS, _FLAGS = 30, 4
_STATE_NAMES = ("status", "state", "phase", "stage")


def undocumented_entity(subject: Subject) -> Iterator[Hit]:
    yield from (Hit(entity.name, entity.origin) for entity in subject.entities if not entity.doc)


def undocumented_operation(subject: Subject) -> Iterator[Hit]:
    yield from (Hit(name, operation.origin) for name, operation in subject.operations() if not operation.doc)


def undocumented_api(subject: Subject) -> Iterator[Hit]:
    yield from (Hit(api.name, api.origin) for api in subject.system.apis if not api.doc)


def unversioned_path(subject: Subject) -> Iterator[Hit]:
    for api in subject.system.apis:
        if not any(part[:1] == "v" and part[1:].isdigit() for part in api.path.split("/")):
            yield Hit(api.name, api.origin)


def many_fields(subject: Subject) -> Iterator[Hit]:
    for entity in subject.entities:
        if len(entity.fields) > _MANY_FIELDS:
            yield Hit(f"{entity.name} has {len(entity.fields)} fields", entity.origin)


def unreachable_entity(subject: Subject) -> Iterator[Hit]:
    identity = subject.system.identity
    used = {resource.entity for _, resource in subject.resources()}
    used |= {identity.entity, *(each.entity for each in identity.others)} if identity else set()
    for entity in subject.entities:
        for field in entity.fields:
            if isinstance(field, ReferenceField | CollectionField):
                used |= {field.target, entity.name} if field.target != entity.name else set()
    yield from (Hit(entity.name, entity.origin) for entity in subject.entities if entity.name not in used)


def single_value(subject: Subject) -> Iterator[Hit]:
    yield from (Hit(enum.name, enum.origin) for enum in subject.system.enums if len(enum.values) == 1)


def silent_event(subject: Subject) -> Iterator[Hit]:
    emitted = {name for _, operation in subject.acting() for name in operation.emits}
    emitted |= {each.event for each in subject.system.all_consumers}
    emitted |= {each.target for job in subject.system.jobs for each in job.statements if each.verb == "emit"}
    yield from (Hit(event.name, event.origin) for event in subject.system.events if event.name not in emitted)


def unraised_error(subject: Subject) -> Iterator[Hit]:
    raised = {each.error for _, operation in subject.acting() for each in operation.errors}
    for _, operation in subject.acting():
        if isinstance(operation.body, TransitionBody):
            raised |= {each.error for each in operation.body.requires}
    yield from (Hit(error.name, error.origin) for error in subject.system.errors if error.name not in raised)


def unused_role(subject: Subject) -> Iterator[Hit]:
    named = {role for policy in subject.system.policies for rule in policy.rules for role in rule.roles}
    for policy in subject.system.policies:
        for field in policy.fields:
            named |= {role for grant in (field.read, field.write) if grant for role in grant.roles}
    named |= {
        role for _, operation in subject.operations() for grant in operation.allows for role in grant.roles
    }
    carried = {role.name for role in subject.system.roles if set(role.granted_by) & named - {role.name}}
    for role in subject.system.roles:
        above = any(role.name in other.granted_by and other.name in named for other in subject.system.roles)
        if role.name not in named | carried and not above and role.name != "anonymous":
            yield Hit(role.name, role.origin)


def many_flags(subject: Subject) -> Iterator[Hit]:
    for entity in subject.entities:
        flags = [field.name for field in entity.fields if scalar(field) is Scalar.BOOL]
        if len(flags) >= _FLAGS:
            yield Hit(f"{entity.name}: {', '.join(flags)}", entity.origin)


def state_without_machine(subject: Subject) -> Iterator[Hit]:
    for entity, field in subject.fields():
        named = field.name in _STATE_NAMES and isinstance(getattr(field, "type", None), EnumType)
        machine = subject.system.machine(entity.name)
        if named and (machine is None or machine.field != field.name):
            yield Hit(f"{entity.name}.{field.name}", field.origin)


def unused_struct(subject: Subject) -> Iterator[Hit]:
    used: set[str] = set()
    types = [getattr(field, "type", None) for _, field in subject.fields()]
    types += [operation.returns for _, operation in subject.operations()]
    types += [each.type for _, operation in subject.operations() for each in operation.parameters]
    types += [field.type for struct in subject.system.structs for field in struct.fields]
    for logical in types:
        inner = logical.item if isinstance(logical, ArrayType) else logical
        if isinstance(inner, StructType):
            used.add(inner.name)
    yield from (Hit(each.name, each.origin) for each in subject.system.structs if each.name not in used)


def plural_name(subject: Subject) -> Iterator[Hit]:
    for entity in subject.entities:
        if entity.name.endswith("s") and not entity.name.endswith(("ss", "us", "is")):
            yield Hit(entity.name, entity.origin)


def handler_without_error(subject: Subject) -> Iterator[Hit]:
    for name, operation in subject.operations():
        if isinstance(operation.body, HandlerBody) and not operation.errors:
            yield Hit(name, operation.origin)


def not_idempotent(subject: Subject) -> Iterator[Hit]:
    for name, operation in subject.operations():
        if operation.writes and not operation.idempotent:
            yield Hit(name, operation.origin)


ARCHITECTURE: tuple[Rule, ...] = (
    Rule("A01", "an entity has no documentation", "Documentation of an entity becomes that of its table, its schema and its GraphQL type.",
         "Write a line `/// …` before the entity.", 1, undocumented_entity, (("/// An order of goods.\n", ""),)),
    Rule("A02", "an operation has no documentation", "Clients read it in OpenAPI and GraphQL; its name alone rarely says what it does.",
         "Write a line `/// …` before the operation.", 1, undocumented_operation, (("    /// Send the order.\n", ""),)),
    Rule("A03", "an api has no documentation", "It is the first thing that a reader of the API sees.",
         "Write a line `/// …` before the api.", 1, undocumented_api, (("/// What clients use.\n", ""),)),
    Rule("A04", "the path of an api has no version", "A second version needs a path of its own, and the first one cannot be moved.",
         'Write the version into the path: `api Example v1 at "/v1"`.', 2, unversioned_path, (('at "/v1" {', 'at "/api" {'),)),
    Rule("A05", "an entity has many fields", "More than thirty fields usually mean two things in one: rows are wide, and policies coarse.",
         "Move what belongs together into a struct, or into an entity of its own.", 2, many_fields,
         (("  quantity: int(1..999)\n", "  quantity: int(1..999)\n" + "".join(f"  extra{n}: int = 0\n" for n in range(31))),)),
    Rule("A06", "nothing reaches an entity", "No resource offers it and no relation leads to it: its rows can neither be written nor read.",
         "Add a resource, or remove the entity with `dropped entity`.", 2, unreachable_entity,
         (("machine Order.status", "/// Alone.\nentity Alone {\n  id: uuid = uuid7() @id\n  at: timestamp = now() @stamp(created)\n}\npolicy Alone { allow read to manager }\n\nmachine Order.status"),)),
    Rule("A07", "an enum has one value", "A field of it says nothing.", "Add the other values, or remove the field.", 1, single_value,
         (("machine Order.status", "enum Kind { only }\n\nmachine Order.status"), ("  quantity: int(1..999)\n", "  quantity: int(1..999)\n  kind: Kind = only\n"))),
    Rule("A08", "no operation emits an event", "Consumers wait for an event that never comes.",
         "Write `emits` in the operation, or remove the event.", 2, silent_event, (("      emits Placed\n", ""),)),
    Rule("A09", "no operation raises an error", "The API documents an error that clients never see.",
         "Write `errors` in the operation, or remove the error.", 1, unraised_error, (("error TooLate 409", "error TooLate 409\nerror Never 409"),)),
    Rule("A10", "no rule names a role", "Callers with it may do no more than those without.",
         "Use it in a policy, or remove it.", 1, unused_role, (("role manager extends member", "role manager extends member\nrole auditor"),)),
    Rule("A11", "an entity has many flags", "Four booleans have sixteen states, of which few are meant.",
         "Write an enum with a machine, which says the allowed changes.", 2, many_flags,
         (("  urgent: bool = false\n", "  urgent: bool = false\n  paid: bool = false\n  sent: bool = false\n  closed: bool = false\n"),)),
    Rule("A12", "a state has no machine", "Without a machine every update may set any value, back and forth.",
         "Write `machine Entity.status { … }`.", 2, state_without_machine,
         (("  quantity: int(1..999)\n", "  quantity: int(1..999)\n  state: Status = draft\n"),)),
    Rule("A13", "no field uses a struct", "It is in no table and in no answer.", "Use it, or remove it.", 1, unused_struct, (("  size: Size?\n", ""),)),
    Rule("A14", "the name of an entity is plural", "One row is one thing: `orders[0]` is an `Order`. Paths of resources are plural.",
         "Rename it to the singular, with `@was`.", 1, plural_name,
         (("machine Order.status", "/// Many.\nentity Things with Tenanted {\n  id: uuid = uuid7() @id\n  order: Order\n  at: timestamp = now() @stamp(created)\n}\npolicy Things {\n  scope org == actor.org\n  allow read to manager\n}\n\nmachine Order.status"),)),
    Rule("A15", "a handler declares no error", "A refusal in Python becomes an answer that the API does not describe.",
         "Declare what it refuses with `errors`.", 1, handler_without_error,
         (("    op cancel() -> Order @idempotent", "    op cancel() -> Order @idempotent\n\n    /// Count it.\n    op recount() -> Order @idempotent @handler"), ("  allow cancel to manager", "  allow cancel, recount to manager"))),
    Rule("A16", "a write cannot be repeated", "A client whose connection broke does not know whether the operation ran.",
         "Write `@idempotent`: a repeated request with the same key gets the first answer.", 2, not_idempotent,
         (("op cancel() -> Order @idempotent", "op cancel() -> Order"),)),
)  # fmt: skip
