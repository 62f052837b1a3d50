"""SQL between triple quotes."""


def sql_text(token: str) -> str:
    """Return what stands between the quotes, without common indentation and blank first and last lines. Blanks at the ends of
    lines stay: they may be inside a function's body, which PostgreSQL keeps as it is."""
    lines = token[3:].removesuffix('"""').split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    margin = min((margin_of(line) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] if margin_of(line) >= margin else line.lstrip() for line in lines)


def margin_of(line: str) -> int:
    """Return how many blanks a line begins with."""
    return len(line) - len(line.lstrip(" \t"))
