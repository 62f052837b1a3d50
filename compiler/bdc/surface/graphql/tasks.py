"""Fields of the roots that follow from no name in the specification: the row of the caller, many rows in one call, and sign-in.

Their names and those of their types step aside from everything else in the schema, so that no declaration has to give way to them.
"""

from collections.abc import Collection, Iterable, Iterator

from bdc.ir import Api, Entity, Resource, SignIn, SystemIR
from bdc.ir.bulk import bulk_operations
from bdc.naming.casing import pascal, snake
from bdc.naming.casing import plural as plural_of
from bdc.naming.distinct import aside
from bdc.naming.graphql import field_name
from bdc.source.records import dataclass, replace
from bdc.surface.addresses import own_key_kind
from bdc.surface.graphql.inputs import shape_inputs
from bdc.surface.graphql.names import spoken
from bdc.surface.graphql.operations import IF_MATCH, around_arguments, key_arguments
from bdc.surface.graphql.scalars import Types
from bdc.surface.graphql.tree import (
    Argument,
    Call,
    Field,
    Get,
    InputField,
    InputType,
    ListOf,
    Member,
    Named,
    ObjectType,
    Struct,
    Task,
    TypeRef,
)
from bdc.surface.names import surface_names

_VERBS = {"create": "create", "update": "update", "delete": "delete", "upsert": "put"}
_WORDS = {
    "create": "Make many rows in one statement.",
    "update": "Change many rows in one transaction.",
    "delete": "Delete many rows in one transaction.",
    "upsert": "Change the rows that are there and make the others, in one transaction.",
}
_LENIENT = Argument(
    "lenient",
    "lenient",
    Named("Boolean", True),
    "Write the rows that can be written; without it all rows are written or none.",
)
AROUND = "around__"  # before the name of an argument that names a row around: no other argument of a task is called so
_INT, _TEXT = Named("Int"), Named("String")


@dataclass(frozen=True, slots=True)
class Tasks:
    """The fields, and the types that are there for them alone."""

    queries: tuple[Field, ...] = ()
    mutations: tuple[Field, ...] = ()
    types: tuple[ObjectType, ...] = ()
    inputs: tuple[InputType, ...] = ()


def tasks(types: Types, api: Api, fields: Iterable[str], named: Iterable[str]) -> Tasks:
    """Return those of an api. `fields`: those of the roots that there are besides; `named`: the types."""
    made = _Made(types, api, set(fields), {*named, *types.declared})
    queries, mutations = tuple(made.queries()), tuple(made.mutations())
    return Tasks(queries, mutations, tuple(made.types), tuple(made.inputs))


def signs_in(system: SystemIR, api: Api) -> SignIn | None:
    """Return how callers sign in, where an api takes the tokens that they get."""
    found = system.identity.sign_in if system.identity is not None else None
    return found if "bearer" in api.auth else None


class _Made:
    """Makes the mutations one after another, and notes what they need."""

    def __init__(self, types: Types, api: Api, fields: set[str], named: set[str]) -> None:
        self._types = types
        self._api = api
        self._fields = fields
        self._named = named
        self.types: list[ObjectType] = []
        self.inputs: list[InputType] = []

    def queries(self) -> Iterator[Field]:
        for resource in self._api.resources:
            if resource.single is not None and "get" in resource.single.operations:
                entity = self._types.system.entity(resource.entity)
                doc = f"The {entity.stored} row of the caller; null when there is none."
                permission, kind = self._constant(resource, "get"), self._kind(resource, "get")
                own = bool(resource.operations)
                get = Get(entity.name, permission, resource.replica, kind, own)
                yield self._field(f"own{self._types.name(entity.name)}", self._row(resource), get, doc)

    def _row(self, resource: Resource) -> Named:
        return self._types.row(resource.entity, True)

    def _constant(self, resource: Resource, name: str) -> str:
        return surface_names(self._types.system).operations[resource.entity, name]

    def _kind(self, resource: Resource, name: str) -> str:
        return own_key_kind(self._types.system, resource, name)

    def _own_writes(self, resource: Resource) -> Iterator[Field]:
        """Yield what changes the row of the caller."""
        name, entity = self._types.name(resource.entity), self._types.system.entity(resource.entity)
        match = (IF_MATCH,) if entity.versioned else ()
        for verb in resource.single.operations if resource.single is not None else ():
            if verb == "get":
                continue
            writes = verb == "update"
            call = Call(
                self._constant(resource, verb),
                verb,
                entity.name if writes else None,
                row=entity.name,
                own=self._kind(resource, verb),
            )
            words = "Only what is given changes."
            input_ = (Argument("input", "input", Named(f"Update{name}Input"), words),) if writes else ()
            type_ = self._row(resource) if writes else Named("Boolean", True)
            doc = f"{verb.capitalize()} the {entity.stored} row of the caller."
            yield self._field(f"{verb}Own{name}", type_, call, doc, *input_, *match)

    def mutations(self) -> Iterator[Field]:
        for resource in self._api.resources:
            yield from self._own_writes(resource)
        many = [
            (resource, kind)
            for resource in self._api.resources
            for kind in bulk_operations(resource, self._types.system.entity(resource.entity))
        ]
        result = self._bulk_result() if many else ""
        for resource, kind in many:
            yield self._bulk(resource, kind, result)
        found = signs_in(self._types.system, self._api)
        if found is not None:
            yield from self._sign_in(found, self._tokens(found))

    def _field(
        self, name: str, type_: TypeRef, task: Task | Get | Call, doc: str, *arguments: Argument
    ) -> Field:
        called = aside(name, self._fields)
        self._fields.add(called)
        return Field(called, snake(called), type_, task, doc, arguments=arguments)

    def _type(self, name: str, *fields: Field, doc: str) -> str:
        called = self._name(name)
        self.types.append(ObjectType(called, fields, doc))
        return called

    def _name(self, name: str) -> str:
        called = aside(name, self._named)
        self._named.add(called)
        return called

    def _bulk_result(self) -> str:
        places = self._type(
            "BulkValueError",
            _plain("path", _TEXT),
            _plain("code", _TEXT),
            _plain("message", _TEXT),
            doc="What is wrong with a value of a row.",
        )
        errors = self._type(
            "BulkError",
            _plain("row", _INT, "The place of the row in the call, from 0."),
            _plain("status", _INT),
            _plain("code", _TEXT),
            _plain("message", _TEXT),
            _many("errors", places),
            doc="Why a row was not written.",
        )
        return self._type(
            "BulkResult",
            _plain("count", _INT, "How many rows were written."),
            _many("errors", errors),
            doc="What became of a call with many rows.",
        )

    def _bulk(self, resource: Resource, kind: str, result: str) -> Field:
        entity = self._types.system.entity(resource.entity)
        name = self._types.name(entity.name)
        given = spoken(self._types.system, entity).graphql
        several = pascal(snake(plural_of(given) if given else entity.plural))
        several = several if several != name else f"Many{name}"
        type_, called = self._rows(resource, kind, name)
        task = Task("bulk", f"{entity.name}.{kind}_many")
        around = [
            replace(each, source=f"{AROUND}{each.source}") for each in around_arguments(self._types, entity)
        ]
        taken = {each.name for each in around}
        rows = Argument(aside(called, taken), "rows", ListOf(type_), "At most 10,000.")
        lenient = replace(_LENIENT, name=aside(_LENIENT.name, taken))
        return self._field(
            f"{_VERBS[kind]}{several}",
            Named(result, True),
            task,
            _WORDS[kind],
            *around,
            rows,
            lenient,
        )

    def _rows(self, resource: Resource, kind: str, name: str) -> tuple[TypeRef, str]:
        """Return the type of what names or makes a row, and what the argument is called."""
        if kind in ("create", "upsert"):
            return Named(f"Create{name}Input"), "input"
        entity = self._types.system.entity(resource.entity)
        keys = [InputField(each.name, each.source, each.type) for each in self._own_keys(entity)]
        if kind == "delete":
            if len(keys) == 1:
                return keys[0].type, "keys"
            called = self._name(f"{name}KeyInput")
            self.inputs.append(InputType(called, tuple(keys), "The key of a row."))
            return Named(called), "keys"
        called = self._name(f"Update{name}RowInput")
        return Named(self._row_input(resource, name, called, keys)), "input"

    def _own_keys(self, entity: Entity) -> tuple[Argument, ...]:
        """Return what names a row below those around it."""
        return key_arguments(self._types, entity)[len(around_arguments(self._types, entity)) :]

    def _row_input(self, resource: Resource, name: str, called: str, keys: list[InputField]) -> str:
        """Note the input of a changed row: its key, and what an update takes."""
        assert resource.update is not None
        (*_, whole) = shape_inputs(
            self._types, resource.entity, resource.update, f"Update{name}", partial=True
        )
        taken = {key.name for key in keys}
        rest = tuple(field for field in whole.fields if field.name not in taken)
        doc = "The key of a row, and what changes of it."
        self.inputs.append(InputType(called, (*keys, *rest), doc))
        return called

    def _tokens(self, found: SignIn) -> str:
        fields = [
            _plain("access_token", _TEXT),
            _plain("token_type", _TEXT),
            _plain("expires_in", _INT, "Seconds."),
        ]
        if found.refresh:
            fields.append(_plain("refresh_token", _TEXT))
            fields.append(_plain("refresh_expires_in", _INT, "Seconds."))
        fields.append(_plain("user", Named("String", True), "The key of a new caller."))
        return self._type("SignInTokens", *fields, doc="Tokens of a session.")

    def _sign_in(self, found: SignIn, tokens: str) -> Iterator[Field]:
        answer, done = Named(tokens, True), Named("Boolean", True)
        password = Argument("password", "password", _TEXT)
        if found.sign_up is not None:
            yield self._field(
                "signUp",
                answer,
                Task("sign_in", "sign_up"),
                "Make the row of a new caller, and sign it in.",
                Argument("input", "input", Named(self._sign_up(found))),
            )
        login = field_name(found.login)
        words = "Exchange a login and its password for tokens."
        yield self._field(
            "signIn", answer, Task("sign_in", "sign_in"), words, Argument(login, found.login, _TEXT), password
        )
        if found.refresh:
            words = "Exchange a refresh token for the next one and a new access token."
            token = Argument("refreshToken", "refresh_token", _TEXT)
            yield self._field("refreshSession", answer, Task("sign_in", "refresh"), words, token)
        everywhere = Argument("everywhere", "everywhere", Named("Boolean", True), "End all sessions.")
        yield self._field("signOut", done, Task("sign_in", "sign_out"), "End the session.", everywhere)
        words = "Set another password. All other sessions of the caller end."
        current = Argument("current", "current", _TEXT)
        yield self._field(
            "changePassword", done, Task("sign_in", "change_password"), words, current, password
        )

    def _sign_up(self, found: SignIn) -> str:
        """Note what a new caller gives, with a password, and return its name."""
        identity = self._types.system.identity
        assert identity is not None and found.sign_up is not None
        name = _free("SignUp", self._named)
        *nested, whole = shape_inputs(self._types, identity.entity, found.sign_up, name, partial=False)
        password = InputField("password", "password", _TEXT)
        self.inputs += [*nested, InputType(whole.name, (*whole.fields, password), "A new caller.")]
        self._named |= {each.name for each in (*nested, whole)}
        return whole.name


def _free(name: str, taken: Collection[str]) -> str:
    """Return the beginning of names of inputs, none of which is taken."""
    while any(each.startswith(name) and each.endswith("Input") for each in taken):
        name += "_"
    return name


def _plain(name: str, type_: Named, doc: str = "") -> Field:
    return Field(field_name(name), name, type_, Member(name), doc)


def _many(name: str, struct: str) -> Field:
    return Field(name, name, ListOf(Named(struct)), Struct(name, struct, many=True))
