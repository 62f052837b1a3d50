"""Global ids in GraphQL: what clients are told when they come and go."""

from functools import cache

from bdc.changes import changes
from bdc.ir import SystemIR
from bdc.pipeline import compile_system
from bdc.source import SourceFile
from bdc.surface.graphql.outline import outline

_TEXT = """\
bds 1
module herbarium

struct Label {{ id: string(1..9)  text: string(1..40) }}
entity Botanist {{ id: uuid = uuid7() @id }}
entity Sheet {{ id: bigint @identity @id  label: Label  finder: Botanist }}

identity Botanist {{
  bearer jwt {{ issuer: env("JWT_ISSUER")  audience: "herbarium"  jwks: env("JWKS_URL") }}
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}}

role botanist

policy Sheet, Botanist {{ allow read to botanist }}

api Herbarium v1 {{
  auth bearer
  graphql at "/graphql"{settings}
  resource Sheet {{ ops list, get  expand finder }}
  resource Botanist {{ ops list }}
}}
"""


@cache
def system(settings: str = "") -> SystemIR:
    found = compile_system([SourceFile("herbarium.bds", _TEXT.format(settings=settings))])
    assert found.system is not None, found.diagnostics
    return found.system


def codes(old: str, new: str) -> dict[str, str]:
    return {each.code: each.severity.value for each in changes(system(old), system(new))}


RELAY = " { relay: true }"


def test_ids_that_become_global_break_clients() -> None:
    assert codes("", RELAY)["graphql.ids-global"] == "breaking"
    assert codes(RELAY, "")["graphql.ids-own"] == "breaking"
    assert not codes(" { relay: false }", "")


def test_only_what_is_got_by_key_is_found_by_id() -> None:
    made = system(RELAY)
    schema = outline(made, made.apis[0])
    types = {each.name: each for each in schema.objects}
    assert types["Sheet"].node and not types["Botanist"].node
    assert [each.name for each in types["Sheet"].fields][:2] == ["id", "rowId"]
    assert [each.name for each in types["Botanist"].fields] == ["id", "rowId"]
    assert [each.name for each in schema.structs[0].fields] == ["rowId", "text"]


def test_without_the_word_nothing_is_there() -> None:
    made = system()
    schema = outline(made, made.apis[0])
    assert not schema.interfaces and not schema.relay_queries
    assert not any(each.node for each in schema.objects)
    (page_info,) = [each for each in schema.objects if each.name == "PageInfo"]
    assert [each.name for each in page_info.fields] == ["hasNextPage", "endCursor"]
