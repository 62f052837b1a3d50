"""Documents: parsed, limited and validated once, then kept by their text.

What comes in: the text of a document. What goes out: a `Document` whose operations can be answered; `Refused` for one that
is wrong. Both are kept, within bounds, and so are the plans of each operation. What is not short is read beside the event loop,
one document at a time, so that others are answered meanwhile.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    validate,
    visit,
)

from api.graphql.engine.cost import require
from api.graphql.engine.errors import LIMIT, OPERATION, SYNTAX, VALIDATION, Refused, of_document, refused
from api.graphql.engine.limits import check_limits
from api.graphql.engine.literals import MISSING, Variables, shape_of
from api.graphql.engine.lowering import Verify
from api.graphql.engine.meaning import Task
from api.graphql.engine.plans import Plan, Planner
from api.graphql.engine.settings import Settings
from api.graphql.engine.tables import Tables, tables_of
from api.graphql.engine.variables import Coercion
from services.engine.problems import unavailable

MAX_ERRORS = 10
SHORT = 1_000
MAX_WAITING = 50
MAX_REFUSALS = 1_000


class Operation:
    """One operation of a document. `kind` is query or mutation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        node: OperationDefinitionNode,
        deciding: set[str],
        settings: Settings,
    ) -> None:
        self.kind = node.operation.value
        self.document = document
        self.node = node
        self.coercion = Coercion(schema, node)
        self._settings = settings
        self._tables = tables_of(settings.package)
        self.fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._shaping = _shaping(deciding, node)
        self._plans: OrderedDict[Any, Plan] = OrderedDict()

    def plan(self, variables: Variables, verify: Verify) -> Plan:
        """Return the plan for variables of this shape, within the cost that is allowed. Raises `Refused`."""
        shape = tuple([shape(variables.get(name, MISSING)) for name, shape in self._shaping])
        plan = self._plans.get(shape)
        if plan is None:
            root = "Mutation" if self.kind == "mutation" else "Query"
            plan = Planner(self._tables, self.fragments, variables, verify).plan(
                root, self.node.selection_set
            )
            self._plans[shape] = plan
            if len(self._plans) > self._settings.plans:
                self._plans.popitem(last=False)
        if plan.fixed_cost is None or plan.fixed_cost > self._settings.cost:
            require(plan.costs, variables, self._settings.cost)
        return plan


def _shaping(
    deciding: set[str], node: OperationDefinitionNode
) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """Return the variables that can change the statement, each with the function that says how."""
    found: list[tuple[str, Callable[[Any], Any]]] = []
    for definition in node.variable_definitions or ():
        name = definition.variable.name.value
        if name in deciding:
            found.append((name, _itself))
        elif node.operation.value == "mutation":
            found.append((name, _presence))
        elif definition.type.kind != "non_null_type" or _names_input(definition.type):
            found.append((name, _shape))
    return tuple(found)


class _Deciding(Visitor):
    """Finds the variables whose value itself decides: those of `@include` and `@skip`, and sort orders. `secret`: values that sign a
    caller in are written in the document."""

    def __init__(self, tables: Tables) -> None:
        super().__init__()
        self._tables = tables
        self.names: set[str] = set()
        self.secret = False

    def enter_directive(self, node: Any, *_: Any) -> None:
        self._note(node.arguments)

    def enter_field(self, node: Any, *_: Any) -> None:
        meaning = self._tables.meaning("Mutation", node)
        if isinstance(meaning, Task) and meaning.kind == "sign_in":
            self.secret |= any(not isinstance(each.value, VariableNode) for each in node.arguments or ())
        self._note(argument for argument in node.arguments or () if argument.name.value == "sort")

    def _note(self, arguments: Any) -> None:
        for argument in arguments or ():
            if isinstance(argument.value, VariableNode):
                self.names.add(argument.value.name.value)


def _itself(value: Any) -> Any:
    return value if type(value) in (str, bool) else shape_of(value)


def _shape(value: Any) -> Any:
    return MISSING if value is MISSING else shape_of(value)


def _presence(value: Any) -> Any:
    """Operations of the service take their arguments whole: only whether there is one decides anything."""
    return value is MISSING


def _names_input(type_: Any) -> bool:
    """Say whether a non-null type may be an input object: anything but the scalars that are always there."""
    inner = type_.type
    return inner.kind != "named_type" or inner.name.value not in ("ID", "String", "Int", "Float", "Boolean")


class Document:
    """A valid document and its operations by name. `secret`: it holds values of sign-in, and is not kept."""

    def __init__(self, schema: GraphQLSchema, node: DocumentNode, settings: Settings) -> None:
        deciding = _Deciding(tables_of(settings.package))
        visit(node, deciding)
        self.secret = deciding.secret
        self._operations = {
            each.name.value if each.name is not None else "": Operation(
                schema, node, each, deciding.names, settings
            )
            for each in node.definitions
            if isinstance(each, OperationDefinitionNode)
        }
        self._only = next(iter(self._operations.values())) if len(self._operations) == 1 else None

    def operation(self, name: str | None) -> Operation:
        """Return the operation called `name`; without a name, the only one. Raises `Refused`."""
        found = self._operations.get(name) if name else self._only
        if found is None:
            known = (
                "there is no such operation" if name else "`operationName` must say which operation is meant"
            )
            raise refused(OPERATION, f"The document has {len(self._operations)} operations: {known}.")
        return found


class Documents:
    """The cache. `introspection`: whether the schema may be asked for."""

    def __init__(self, schema: GraphQLSchema, settings: Settings, *, introspection: bool) -> None:
        self._schema = schema
        self._settings = settings
        self._introspection = introspection
        self._known: OrderedDict[str, Document] = OrderedDict()
        self._characters = 0
        self._refusals: OrderedDict[bytes, list[Mapping[str, Any]]] = OrderedDict()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="graphql")
        self._reading: dict[str, asyncio.Future[Document]] = {}

    def known(self, text: str) -> Document | None:
        """Return the document if it has been read before."""
        found = self._known.get(text)
        if found is not None:
            self._known.move_to_end(text)
        return found

    async def read(self, text: str) -> Document:
        """Return a document that is not known yet. Raises `Refused`, and `unavailable` when too many wait to be read."""
        settings = self._settings
        if len(text) > settings.bytes or len(text.encode("utf-8", "replace")) > settings.bytes:
            raise refused(LIMIT, f"The document has more than {settings.bytes} bytes.")
        digest = sha256(text.encode("utf-8", "replace")).digest()
        if digest in self._refusals:
            raise Refused(self._refusals[digest])
        try:
            found = self._made(text) if len(text) <= SHORT else await self._made_aside(text)
        except Refused as refusal:
            self._refuse(digest, refusal)
            raise
        if text not in self._known and not found.secret:
            self._known[text] = found
            self._characters += len(text)
            self._forget()
        return found

    async def _made_aside(self, text: str) -> Document:
        """Return the document, read by the one thread that does so; whoever brings the same text waits for the same reading."""
        reading = self._reading.get(text)
        if reading is None:
            if len(self._reading) >= MAX_WAITING:
                raise unavailable("Too many documents are waiting to be read.")
            reading = asyncio.get_running_loop().run_in_executor(self._reader, self._made, text)
            self._reading[text] = reading
            reading.add_done_callback(lambda _: self._reading.pop(text, None))
        return await asyncio.shield(reading)

    def _made(self, text: str) -> Document:
        return Document(self._schema, self._checked(text), self._settings)

    def _refuse(self, digest: bytes, refusal: Refused) -> None:
        self._refusals[digest] = refusal.errors
        if len(self._refusals) > MAX_REFUSALS:
            self._refusals.popitem(last=False)

    def _forget(self) -> None:
        """Drop what was not asked for the longest time, until the rest is within bounds."""
        settings = self._settings
        while len(self._known) > settings.documents or self._characters > settings.cached_characters:
            text, _ = self._known.popitem(last=False)
            self._characters -= len(text)

    def _checked(self, text: str) -> DocumentNode:
        settings = self._settings
        try:
            node = parse(text, max_tokens=settings.tokens)
        except GraphQLError as error:
            code = LIMIT if f"more than {settings.tokens} tokens" in error.message else SYNTAX
            raise of_document(code, [error]) from None
        except RecursionError:
            raise refused(LIMIT, "The document is nested too deeply.") from None
        check_limits(node, settings, introspection=self._introspection)
        errors = validate(self._schema, node, max_errors=MAX_ERRORS, hide_suggestions=True)
        if errors:
            raise of_document(VALIDATION, errors)
        return node
