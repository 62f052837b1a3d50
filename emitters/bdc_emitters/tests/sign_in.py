"""What the tests of sign-in have to know of the specification."""

from collections.abc import Iterator
from typing import Any

from bdc.ddl.names import Name, qualified
from bdc.ir import ScalarField, SystemIR
from bdc.output import GeneratedFile
from bdc.output.document import to_json
from bdc.query.names import quote
from bdc.query.relations import key_parts
from bdc.surface.graphql.outline import outline
from bdc.surface.graphql.tasks import signs_in
from bdc.surface.graphql.tree import Task
from bdc.surface.sign_in import sign_in_path


def sign_in_facts(system: SystemIR) -> Iterator[GeneratedFile]:
    """Yield the document; nothing where callers do not sign in here."""
    identity = system.identity
    if identity is None or identity.sign_in is None:
        return
    entity = system.entity(identity.entity)
    table, login = system.table(entity.table), entity.field(identity.sign_in.login)
    assert isinstance(login, ScalarField)
    facts = {
        "path": sign_in_path(system),
        "login": identity.sign_in.login,
        "refresh": bool(identity.sign_in.refresh),
        "table": qualified(Name(table.name, table.schema_name)),
        "key": quote(key_parts(entity)[0].column),
        "column": quote(login.column),
        "graphql": _graphql(system),
    }
    yield GeneratedFile("tests/security/sign_in.json", to_json(facts))


def _graphql(system: SystemIR) -> dict[str, Any] | None:
    """Return where and how GraphQL signs callers in; None where it does not."""
    offering = (each for each in system.apis if each.graphql is not None)
    api = next((each for each in offering if signs_in(system, each) is not None), None)
    if api is None or api.graphql is None:
        return None
    wanted = Task("sign_in", "sign_in")
    field = next((each for each in outline(system, api).task_mutations if each.meaning == wanted), None)
    if field is None:
        return None
    return {"path": api.graphql.path, "field": field.name, "login": field.arguments[0].name}
