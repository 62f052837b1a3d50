"""What row level security cannot say of a caller's write, as triggers: grants of fields, old against new.

They bind the callers of the service. `service` (user code that may do more than its caller) and the owner are no callers.
"""

from collections.abc import Iterable, Iterator

from bdc.ddl.names import Name
from bdc.ddl.nodes import CreateFunction, CreateTrigger, Statement
from bdc.ddl.printer import literal
from bdc.ir.compiled import CallerRule
from bdc.query.names import quote
from bdc.schema.names import APP, Roles, fitted


def create_caller_rules(table: Name, rules: Iterable[CallerRule], roles: Roles) -> Iterator[Statement]:
    caller = f"current_user = {literal(roles.runtime)}"
    for rule in rules:
        function = Name(fitted(f"{rule.name}_grant"), APP)
        yield CreateFunction(function, _body(rule), search_path="pg_catalog, public, pg_temp")
        if rule.column is None:
            yield CreateTrigger(
                fitted(f"{rule.name}_grant"), table, "before", "update", function, when=caller
            )
            continue
        column = quote(rule.column)
        changed = f"{caller} and old.{column} is distinct from new.{column}"
        untouched = f"is distinct from ({rule.default})" if rule.default is not None else "is not null"
        given = f"{caller} and new.{column} {untouched}"
        yield CreateTrigger(
            fitted(f"{rule.name}_grant"), table, "before", f"update of {column}", function, when=changed
        )
        yield CreateTrigger(
            fitted(f"{rule.name}_grant_insert"), table, "before", "insert", function, when=given
        )


def _body(rule: CallerRule) -> str:
    detail = literal('{"rule": "' + rule.rule + '"}')
    return (
        f"begin\n  if ({rule.condition}) is not true then\n"
        f"    raise exception using errcode = 'BD403', message = 'forbidden', detail = {detail};\n"
        "  end if;\n  return new;\nend"
    )
