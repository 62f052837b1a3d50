"""Hostile words: what PostgreSQL, Python, GraphQL, OpenAPI, JavaScript or the emitted runtime call something of their own."""

import builtins
import keyword
import re
import sys
from importlib.resources import files
from pathlib import Path

from bdc.ddl.names import RESERVED

_PYTHON = (
    "__init__ __main__ __doc__ __name__ __file__ __slots__ __dict__ __class__ __annotations__ __all__ __eq__ __hash__ "
    "__str__ __repr__ __new__ __del__ __getattr__ __iter__ __len__ __call__ __enter__ __await__ __post_init__ self cls mro "
    "args kwargs _ __ ___ _x x_ __x _id annotations future typing_extensions dataclass field fields model_fields model_dump "
    "model_config model_validate model_copy copy json dict schema validate construct parse_obj root_validator Config "
    "BaseModel Field JsonValue UUID Decimal datetime timedelta date time Enum StrEnum Literal Annotated Any Optional Union "
    "List Dict Mapping Iterable Callable TYPE_CHECKING pydantic starlette asyncpg strawberry graphql granian pytest httpx uvloop"
)
_GRAPHQL = (
    "Query Mutation Subscription query mutation subscription fragment on implements interface input scalar union enum directive "
    "extend repeatable schema type __typename __schema __type ID String Int Float Boolean PageInfo Node Edge Connection Filter "
    "Sort StringFilter IntFilter IDFilter IntRangeFilter JSON Date DateTime Time UUID BigInt Base64 Duration Decimal nodes edges "
    "cursor pageInfo hasNextPage endCursor first after last before filter sort search input ifMatch idempotencyKey node "
    "if_match idempotency_key skip include deprecated specifiedBy oneOf typename Operation Operations Row info root context"
)
_SQL = (
    "ctid xmin xmax cmin cmax tableoid oid pg_class pg_catalog pg_temp public information_schema current_user session_user "
    "app actor actor_id body result returning excluded new old row rows record value values key keys version id "
    "tenant org owner admin postgres template0 template1 sequence serial trigger function procedure schema database role "
    "domain view index policy domain_value audit outbox idempotency api_key app_audit returns begin commit rollback prepare "
    "execute declare loop if elsif exception raise found sqlstate sqlerrm perform strict out inout variadic text int4 "
    "int8 float8 bool uuid jsonb name regclass oidvector unknown void anyelement"
)
_WEB = (
    "limit sort cursor q expand page fields include offset order filter id ids next_cursor items detail title status type "
    "instance errors code message path method headers query request response constructor prototype __proto__ hasOwnProperty "
    "toString valueOf undefined NaN Infinity arguments eval delete void typeof instanceof new var let const function this "
    "default export package private protected public static abstract enum extends super switch case throw catch finally "
    "debugger interface await async yield Object Array Promise Error Map Set Symbol window document location Problem "
    "ValidationProblem parameters components schemas responses paths servers security tags example examples format nullable "
    "allOf anyOf additionalProperties properties required discriminator Authorization Accept ContentType ETag Location "
    "healthz readyz livez metrics docs openapi favicon robots static"
)
_RUNTIME = (
    "main app routes extensions controllers health logs middleware http documentation graphql assemble calls collect context "
    "conversion cost cursors decorate documents endpoint errors executor fallback limits literals loaders lowering meaning "
    "plans resolve row scalars settings variables table inputs operations paging enums structs types resources config "
    "container problems about business data external security compose constraint constraints execute fragments native "
    "operation pool reads rows selection slots sqlstate text validation values visibility statements authentication claims "
    "encryption jwks permission permissions rate_limit tokens identity handlers contexts base migrate models queries seeds "
    "list get create update delete read list_row get_row create_row Base Model Value Context Handler Handlers Settings "
    "Service Database Pool Operation Function Fragment Fragments Composer Problem Permission Actor Route Request Response "
    "required optional shape array boolean integer decimal real string free_json encoded_bytes parsed one_of value_of "
    "keep_going annotations register answer arguments handler raised target outcome member call claims_of member_of"
)
_LETTERS = "a b c d e f g h i j k l m n o p q r s t u v w x y z A B I O T X Y Z"
_SHAPES = (
    "fooBar foo_bar2 FooBaz HTTPServer HTTP2 iOS XMLHttpRequest ALLCAPS ALL_CAPS a1 a_1 a__b _leading trailing_ __both__ "
    "camelCaseName snake_case_name Pascal_Snake kebabless x1y2z3 Setting2 Sheep Series Data News Children Boxes Status "
    "an_entity_with_a_name_that_is_exactly_as_long_as_the_limit_of_63 "
    "a_name_that_is_longer_than_postgresql_keeps_and_would_be_cut_by_it_silently_one "
    "a_name_that_is_longer_than_postgresql_keeps_and_would_be_cut_by_it_silently_two "
    "AnEntityWhoseNameInCamelCaseIsLongerThanPostgresqlKeepsWhenItIsWrittenInSnakeCase"
)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def hostile_words() -> tuple[str, ...]:
    """Return every word once, without regard to case and underscores, in an order that does not change."""
    sources = (
        *(_LETTERS, _SHAPES, _RUNTIME, _WEB, _GRAPHQL, _SQL, _PYTHON),
        " ".join((*keyword.kwlist, *keyword.softkwlist)),
        " ".join(sorted(RESERVED)),
        " ".join(sorted(_runtime_modules())),
        " ".join(name for name in dir(builtins) if not name.startswith("_")),
        " ".join(sorted(name for name in sys.stdlib_module_names if not name.startswith("_"))),
    )
    found: dict[str, str] = {}
    for word in " ".join(sources).split():
        if _WORD.match(word):
            found.setdefault(word.lower().replace("_", "") or word, word)
    return tuple(found.values())


def _runtime_modules() -> set[str]:
    """Return the names of every module and folder that is copied into each output."""
    found = set()
    for emitter in ("service", "graphql", "postgres", "tests"):
        root = Path(str(files(f"bdc_emitters.{emitter}").joinpath("runtime")))
        found |= {path.stem for path in root.rglob("*.py")} | {
            path.name for path in root.rglob("*") if path.is_dir()
        }
    return {name for name in found if not name.startswith("__")}
