"""The few statements of PL/pgSQL that a write needs, as nodes, and their one printer.

What comes in: SQL trees. What goes out: the text of `CREATE FUNCTION`. Expressions and queries are never text here, except
`Native`, which carries a statement that was written by hand in a specification.
"""

from collections.abc import Iterable, Sequence

from sqlglot import exp

from bdc.query.trees import cast, print_sql
from bdc.source.records import dataclass

_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Assign:
    """`target := value`: a simple expression is evaluated without the executor, so prefer it to `Run`."""

    target: str
    value: exp.Expression


@dataclass(frozen=True, slots=True)
class Run:
    """A query. `into` takes its first row; afterwards `FOUND` tells whether there was one."""

    query: exp.Expression
    into: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Native:
    """A statement as text, for what has no tree: `GET DIAGNOSTICS`, or SQL written in a specification."""

    text: str


@dataclass(frozen=True, slots=True)
class When:
    """`IF condition THEN … ELSE …`."""

    condition: exp.Expression
    then: tuple["Statement", ...]
    otherwise: tuple["Statement", ...] = ()


@dataclass(frozen=True, slots=True)
class Refuse:
    """Raise a refusal: SQLSTATE `BD` + status, message = problem code, detail = JSON members."""

    status: int
    code: str
    members: exp.Expression | None = None


@dataclass(frozen=True, slots=True)
class Guarded:
    """`body`; when PostgreSQL refuses it by row level security, `refused` runs instead. It costs a subtransaction."""

    body: tuple["Statement", ...]
    refused: tuple["Statement", ...]


@dataclass(frozen=True, slots=True)
class ForEach:
    """`FOR targets IN query LOOP … END LOOP`."""

    targets: tuple[str, ...]
    query: exp.Expression
    body: tuple["Statement", ...]


@dataclass(frozen=True, slots=True)
class Return:
    """Answer with what the output parameters hold."""


Statement = Assign | Run | Native | When | Refuse | Guarded | ForEach | Return


@dataclass(frozen=True, slots=True)
class Declared:
    """A parameter or a variable."""

    name: str
    sql_type: str


@dataclass(frozen=True, slots=True)
class Function:
    """`name` with its schema. Of `variables`, those that the body names are declared. `prefer_columns`: a name that is both a column and a variable means the column."""

    name: str
    parameters: tuple[Declared, ...]
    outputs: tuple[Declared, ...]
    variables: tuple[Declared, ...]
    body: tuple[Statement, ...]
    prefer_columns: bool = False


def function_text(function: Function) -> str:
    """Print the whole CREATE FUNCTION statement."""
    lines = _body_lines(function)
    quote = _dollar_quote(lines)
    arguments = [f"{_INDENT}{item.name} {item.sql_type}" for item in function.parameters]
    arguments += [f"{_INDENT}OUT {item.name} {item.sql_type}" for item in function.outputs]
    head = [f"CREATE FUNCTION {function.name}(", ",\n".join(arguments), ")"]
    head += [f"LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS {quote}"]
    return "\n".join([*head, *lines, f"{quote};"])


def statement_lines(statement: Statement) -> list[str]:
    """Return the lines of one statement, for a body that is put together elsewhere."""
    return _lines(statement)


def _body_lines(function: Function) -> list[str]:
    conflict = "use_column" if function.prefer_columns else "use_variable"
    lines = _block(function.body, _INDENT)
    used = [item for item in dict.fromkeys(function.variables) if any(item.name in line for line in lines)]
    declared = ["DECLARE", *(f"{_INDENT}{item.name} {item.sql_type};" for item in used)] if used else []
    return [f"#variable_conflict {conflict}", *declared, "BEGIN", *lines, "END"]


def _dollar_quote(lines: Iterable[str]) -> str:
    """Return a quote that the body does not contain: hand-written SQL may hold any other."""
    body = "\n".join(lines)
    tag = "function"
    while f"${tag}$" in body:
        tag += "_"
    return f"${tag}$"


def _block(statements: Sequence[Statement], indent: str) -> list[str]:
    return [indent + line for statement in statements for line in _lines(statement)]


def _lines(statement: Statement) -> list[str]:
    match statement:
        case Assign(target, value):
            return [f"{target} := {print_sql(value)};"]
        case Run(query, into):
            return [_run(query, into)]
        case Native(text):
            return [f"{text};"]
        case When():
            return _when(statement)
        case Refuse():
            return [_refuse(statement)]
        case Guarded(body, refused):
            handler = ["EXCEPTION WHEN insufficient_privilege THEN"]
            return ["BEGIN", *_block(body, _INDENT), *handler, *_block(refused, _INDENT), "END;"]
        case ForEach(targets, query, body):
            head = f"FOR {', '.join(targets)} IN {print_sql(query)} LOOP"
            return [head, *_block(body, _INDENT), "END LOOP;"]
        case Return():
            return ["RETURN;"]


def _run(query: exp.Expression, into: tuple[str, ...]) -> str:
    text = print_sql(query)
    return f"{text} INTO {', '.join(into)};" if into else f"{text};"


def _when(statement: When) -> list[str]:
    lines = [f"IF {print_sql(statement.condition)} THEN", *_block(statement.then, _INDENT)]
    if statement.otherwise:
        lines += ["ELSE", *_block(statement.otherwise, _INDENT)]
    return [*lines, "END IF;"]


def _refuse(statement: Refuse) -> str:
    parts = [f"ERRCODE = 'BD{statement.status}'", f"MESSAGE = '{statement.code}'"]
    if statement.members is not None:
        parts.append(f"DETAIL = {print_sql(cast(statement.members, 'text'))}")
    return f"RAISE EXCEPTION USING {', '.join(parts)};"
