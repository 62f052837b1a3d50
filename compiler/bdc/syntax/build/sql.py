"""SQL between triple quotes."""

from textwrap import dedent


def sql_text(token: str) -> str:
    """Return what stands between the quotes, without common indentation and blank first and last lines."""
    body = token[3:].removesuffix('"""')
    lines = dedent(body if body.startswith("\n") else "\n" + body).split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return "\n".join(line.rstrip() for line in lines)
