"""A part of random systems with mails: of values of any type, queued by an operation, from an address or a variable."""

from tests.long.frame import Frame, Part

TEMPLATES = {"said.txt": "Dear {{ to }},\n\nbye.\n", "said.html": "<p>Dear {{ to }}, bye.</p>\n"}
"""The files that stand beside such a system."""


def mailed(frame: Frame, name: str) -> Part:
    """Rows with an address, and an operation that sends a mail about one."""
    key = frame.one("  id: uuid = uuid7() @id\n", "  id: bigint @identity @id\n", "  id: string(1..20) @id\n")
    kind = frame.one(
        "text", "string(0..9)", "decimal(9, 2)", "int", "bigint", "timestamp", "bool", "uuid", "date", "float"
    )
    null = frame.maybe("?")
    sender = frame.one(f'env("{name.upper()}_FROM")', f'"{name} <{name.lower()}@example.com>"')
    subject = frame.one(
        "A mail", "For {{ to }}{% if extra %} and {{ extra }}{% endif %}", "{{ extra }} {{ level | upper }}"
    )
    settings = (
        frame.maybe('  html: "said.html"\n')
        + frame.maybe("  unique: [to, level]\n")
        + frame.maybe("  retry: 0\n")
    )
    delay = frame.one("", " after 1h", " at this.at")
    return Part(
        f"""enum {name}Level {{ low, high }}
entity {name} {frame.maybe("with SoftDelete ")}{frame.maybe("@audited ")}{{
{key}{frame.held}  address: string(3..254)
  extra: {kind}{null}
  level: {name}Level = low
  at: timestamp = now()
}}
mail {name}Mail(to: string(3..254), extra: {kind}{null}, level: {name}Level) {{
  from: {sender}
  subject: "{subject}"
  text: "said.txt"
{settings}}}""",
        frame.open_policy(name, actions="read, create, update, delete, tell"),
        f"""  resource {name} {{
    ops list, get, create
    op tell() {{ enqueue {name}Mail(to: this.address, extra: this.extra, level: this.level){delay} }}
  }}""",
    )
