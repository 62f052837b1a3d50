"""Tables and functions of sign-in, where the identity asks for it.

Passwords, sessions, refresh tokens and signing keys lie in tables that no role of the service may read or write: it calls the functions
here, which run as the owner and do one thing each. What names a caller is the key of its row, whose removal removes the rest.
"""

from collections.abc import Iterator
from importlib.resources import files

from bdc.ddl.names import Name, qualified
from bdc.ddl.nodes import (
    AddForeignKey,
    ColumnDef,
    CreateFunction,
    CreateTrigger,
    ForeignKeyDef,
    Section,
    Statement,
)
from bdc.ir import Entity, SignIn, SystemIR
from bdc.query.names import quote
from bdc.query.relations import key_parts
from bdc.query.types import sql_type
from bdc.schema.names import APP, Roles, fitted, name_of
from bdc.schema.owner_functions import OwnerFunction, owner_function
from bdc.schema.sign_in_claims import Callers, callers_of, verified_column, verified_values
from bdc.schema.system_tables import SystemTable, create_table
from bdc.surface.sign_in import (
    callers_invite,
    callers_make_keys,
    mails_tokens,
    resets_passwords,
    verifies_logins,
)

_AT = ColumnDef("at", "timestamptz", default="now()")
SIGNING_KEY = SystemTable(
    "signing_key",
    "The keys that tokens are signed with. The private halves are encrypted with a key of the service.",
    (
        ColumnDef("id", "text"),
        ColumnDef("algorithm", "text"),
        ColumnDef("public_key", "jsonb"),
        ColumnDef("private_key", "text"),
        _AT,
    ),
    ("id",),
)
REFRESH_TOKEN = SystemTable(
    "refresh_token",
    "Tokens that continue a session, each once. Only the SHA-256 of a token is kept.",
    (
        ColumnDef("hash", "bytea"),
        ColumnDef("session_id", "uuid"),
        _AT,
        ColumnDef("used_at", "timestamptz", not_null=False),
    ),
    ("hash",),
    (("session_id",),),
)
INVITATION = SystemTable(
    "invitation",
    "Callers that were asked into a tenant. Only the SHA-256 of what they accept it with is kept.",
    (
        ColumnDef("id", "uuid", default="gen_random_uuid()"),
        ColumnDef("hash", "bytea"),
        ColumnDef("tenant", "text"),
        ColumnDef("login", "text"),
        ColumnDef("role", "text", not_null=False),
        ColumnDef("invited_by", "text"),
        _AT,
        ColumnDef("expires_at", "timestamptz"),
        ColumnDef("accepted_at", "timestamptz", not_null=False),
    ),
    ("id",),
    (("hash",), ("tenant",)),
)
# name, parameters, signature, what it returns, language, volatility
_FUNCTIONS = (
    ("sign_in_find", "login text", "text", "table (user_key text, hash text)", "sql", "stable"),
    (
        "session_open",
        "user_key text, token bytea, seconds integer, operation text, request_id text",
        "text, bytea, integer, text, text",
        "uuid",
        "plpgsql",
        "volatile",
    ),
    ("session_actor", "session uuid, tenant text", "uuid, text", "jsonb", "sql", "stable"),
    (
        "session_refresh",
        "token bytea, next bytea, seconds integer, request_id text",
        "bytea, bytea, integer, text",
        "table (outcome text, session uuid, caller text)",
        "plpgsql",
        "volatile",
    ),
    (
        "session_end",
        "session uuid, everywhere boolean, request_id text",
        "uuid, boolean, text",
        "integer",
        "plpgsql",
        "volatile",
    ),
    ("password_of", "session uuid", "uuid", "text", "sql", "stable"),
    (
        "password_change",
        "session uuid, hash text, request_id text",
        "uuid, text, text",
        "boolean",
        "plpgsql",
        "volatile",
    ),
    ("credential_add", "user_key text, hash text", "text, text", "void", "sql", "volatile"),
    ("sign_in_failed", "login text, request_id text", "text, text", "void", "sql", "volatile"),
    (
        "signing_keys",
        "",
        "",
        "table (id text, algorithm text, public_key text, private_key text, age double precision)",
        "sql",
        "stable",
    ),
    (
        "signing_key_add",
        "id text, algorithm text, public_key text, private_key text, every integer, keep integer",
        "text, text, text, text, integer, integer",
        "boolean",
        "plpgsql",
        "volatile",
    ),
    ("session_purge", "most integer", "integer", "integer", "sql", "volatile"),
)


_KEY_FUNCTIONS = (
    (
        "key_add",
        "caller text, prefix text, hash bytea, tenant text, name text, roles text[], seconds integer, request_id text",
        "text, text, bytea, text, text, text[], integer, text",
        "uuid",
        "plpgsql",
        "volatile",
    ),
    ("key_list", "caller text", "text", "jsonb", "sql", "stable"),
    (
        "key_end",
        "caller text, id uuid, request_id text",
        "text, uuid, text",
        "boolean",
        "plpgsql",
        "volatile",
    ),
    ("key_actor", "hash bytea", "bytea", "jsonb", "sql", "stable"),
)
_INVITATION_FUNCTIONS = (
    (
        "invitation_add",
        "hash bytea, tenant text, login text, role text, caller text, seconds integer, request_id text",
        "bytea, text, text, text, text, integer, text",
        "uuid",
        "plpgsql",
        "volatile",
    ),
    ("invitation_list", "tenant text", "text", "jsonb", "sql", "stable"),
    ("invitation_end", "tenant text, id uuid", "text, uuid", "boolean", "sql", "volatile"),
    (
        "invitation_take",
        "hash bytea, caller text, request_id text",
        "bytea, text, text",
        "table (tenant text, role text)",
        "plpgsql",
        "volatile",
    ),
)


_MAIL_FUNCTIONS = (
    (
        "one_time_add",
        "purpose text, login text, hash bytea, seconds integer, run bigint",
        "text, text, bytea, integer, bigint",
        "jsonb",
        "plpgsql",
        "volatile",
    ),
    ("one_time_find", "hash bytea, purpose text", "bytea, text", "boolean", "sql", "stable"),
)
_RESET_FUNCTION = (
    "one_time_reset",
    "hash bytea, password text, request_id text",
    "bytea, text, text",
    "boolean",
    "plpgsql",
    "volatile",
)
_VERIFY_FUNCTION = (
    "one_time_verify",
    "hash bytea, request_id text",
    "bytea, text",
    "boolean",
    "plpgsql",
    "volatile",
)
# The worker asks for a token, as the role that sees the queue: a statement that is smuggled into a request cannot.
_OF_THE_WORKER = ("one_time_add",)


def _functions(system: SystemIR) -> Iterator[OwnerFunction]:
    yield from _FUNCTIONS
    if callers_make_keys(system):
        yield from _KEY_FUNCTIONS
    if callers_invite(system):
        yield from _INVITATION_FUNCTIONS
    yield from _MAIL_FUNCTIONS if mails_tokens(system) else ()
    yield from (_RESET_FUNCTION,) if resets_passwords(system) else ()
    yield from (_VERIFY_FUNCTION,) if verifies_logins(system) else ()


def sign_in_objects(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    """Yield them, after the tables of the system; nothing where callers do not sign in here."""
    identity = system.identity
    if identity is None or identity.sign_in is None:
        return
    entity = system.entity(identity.entity)
    yield Section("Sign-in")
    for table in _tables(system, entity):
        yield from create_table(table, roles)
    yield from _references(system, entity)
    callers = callers_of(system)
    for declared in _functions(system):
        name = declared[0]
        role = roles.service if name in _OF_THE_WORKER else roles.runtime
        yield from owner_function(declared, _body(name, callers), role)
    if verifies_logins(system):
        yield from _unproved(system, entity, identity.sign_in)


def _unproved(system: SystemIR, entity: Entity, sign_in: SignIn) -> Iterator[Statement]:
    """Yield what forgets that a login was proved when it changes, whoever changes it."""
    table, function = system.table(entity.table), Name("login_unproved", APP)
    column, (_, value) = verified_column(sign_in, entity), verified_values(sign_in, entity)
    login = quote(callers_of(system).login)
    body = f"begin\n  new.{column} := {value};\n  return new;\nend"
    yield CreateFunction(function, body, returns="trigger", language="plpgsql")
    changed = f"old.{login} is distinct from new.{login} and old.{column} is not distinct from new.{column}"
    yield CreateTrigger(
        fitted(f"{table.name}_unproved"),
        name_of(table),
        "before",
        f"update of {login}",
        function,
        when=changed,
    )


def _tables(system: SystemIR, entity: Entity) -> Iterator[SystemTable]:
    key = ColumnDef("user_key", _key_type(system, entity))
    yield SystemTable(
        "credential",
        "The passwords of callers, as argon2id hashes.",
        (key, ColumnDef("hash", "text"), ColumnDef("changed_at", "timestamptz", default="now()")),
        ("user_key",),
    )
    yield SystemTable(
        "session",
        "Callers that are signed in. A session that ended, or whose caller is gone, is worth nothing with the next request.",
        (
            ColumnDef("id", "uuid", default="gen_random_uuid()"),
            key,
            _AT,
            ColumnDef("used_at", "timestamptz", default="now()"),
            ColumnDef("expires_at", "timestamptz"),
            ColumnDef("ended_at", "timestamptz", not_null=False),
            ColumnDef("ended_by", "text", not_null=False),
        ),
        ("id",),
        (("user_key",), ("expires_at",)),
    )
    if callers_make_keys(system):
        yield _user_keys(key)
    if callers_invite(system):
        yield INVITATION
    if mails_tokens(system):
        yield _one_time_tokens(key)
    yield REFRESH_TOKEN
    yield SIGNING_KEY


def _user_keys(key: ColumnDef) -> SystemTable:
    return SystemTable(
        "user_key",
        "API keys that callers made for themselves. Only the SHA-256 of a key is kept. `roles`: those of the caller that it may use.",
        (
            ColumnDef("id", "uuid", default="gen_random_uuid()"),
            key,
            ColumnDef("prefix", "text"),
            ColumnDef("hash", "bytea"),
            ColumnDef("tenant", "text", not_null=False),
            ColumnDef("name", "text"),
            ColumnDef("roles", "text[]", not_null=False),
            _AT,
            ColumnDef("expires_at", "timestamptz", not_null=False),
            ColumnDef("ended_at", "timestamptz", not_null=False),
        ),
        ("id",),
        (("hash",), ("user_key",)),
    )


def _one_time_tokens(key: ColumnDef) -> SystemTable:
    return SystemTable(
        "one_time_token",
        "Tokens that were mailed to callers, each good once and for one purpose. Only the SHA-256 of a token is kept. `run`: that of the mail.",
        (
            ColumnDef("hash", "bytea"),
            key,
            ColumnDef("purpose", "text"),
            ColumnDef("login", "text"),
            ColumnDef("run", "bigint"),
            _AT,
            ColumnDef("expires_at", "timestamptz"),
        ),
        ("hash",),
        (("user_key",), ("expires_at",)),
    )


def _key_type(system: SystemIR, entity: Entity) -> str:
    column = key_parts(entity)[0].column
    return sql_type(system.table(entity.table).column(column).type)


def _references(system: SystemIR, entity: Entity) -> Iterator[Statement]:
    """What belongs to a caller goes with its row. Where a key holds the tenant too, keys are made by the system and never used again."""
    session = ForeignKeyDef(
        "refresh_token_session_fkey", ("session_id",), Name("session", APP), ("id",), on_delete="cascade"
    )
    yield AddForeignKey(Name("refresh_token", APP), session)
    table = system.table(entity.table)
    columns = table.primary_key.columns if table.primary_key is not None else ()
    if columns != (key_parts(entity)[0].column,):
        return
    own = ("credential", "session", *(("user_key",) if callers_make_keys(system) else ()))
    own += ("one_time_token",) if mails_tokens(system) else ()
    for name in own:
        key = ForeignKeyDef(f"{name}_user_fkey", ("user_key",), name_of(table), columns, on_delete="cascade")
        yield AddForeignKey(Name(name, APP), key)


def _body(name: str, callers: Callers) -> str:
    text = files("bdc.schema").joinpath("functions", "sign_in", f"{name}.sql").read_text(encoding="utf-8")
    return text.format(
        users=qualified(callers.users),
        key=quote(callers.key),
        key_type=callers.key_type,
        login=quote(callers.login),
        usable=callers.usable,
        claims=callers.claims,
        tenants=callers.tenants,
        members=callers.members,
        present=callers.present,
        given=callers.given,
        wanted=callers.wanted,
        verified=callers.verified,
        # The token came by the mailbox of the login.
        prove=f"  update {qualified(callers.users)} as u set {callers.verified} where u.{quote(callers.key)} = caller;\n"
        if callers.verified
        else "",
        # A key that was made in no tenant is in none, also where its caller is in one alone by now.
        key_members=callers.members.replace("$2 = ''", "false").replace("$2", "s.tenant"),
    )
