"""Members of rows in few words: `member("price", "numeric(12,2)", "plain")`. How each kind is written as JSON text is said here once."""

from services.data.engine.fragments import ReadMember


def member(
    name: str, sql_type: str, json: str, *, null: bool = False, field: str = "", sql: str = ""
) -> ReadMember:
    """Return a member that every reader of the row sees. `sql` is the column of that name, when it is not given; `null`: it may be."""
    value = sql or f"«a».{name}"
    prefix, text = _text(json, value, null)
    return ReadMember(name, field or name, value, sql_type, json, prefix, text, prefix, null)


def _text(json: str, sql: str, null: bool) -> tuple[str, str]:
    """Return what stands before and after the value, and SQL of its text."""
    if json == "plain":
        return ("", f"coalesce('\"' || {sql} || '\"', 'null')") if null else ('"', sql)
    if json in ("string", "time"):
        return "", f"coalesce(to_json({sql})::text, 'null')" if null else f"to_json({sql})"
    if json == "number" and not null:
        return "", sql
    return "", f"coalesce(({sql})::text, 'null')" if null else f"({sql})::text"
