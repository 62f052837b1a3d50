"""A part of random systems with other services: called by jobs, between statements of any kind, and by credentials of any kind."""

from tests.long.frame import Frame, Part


def called(frame: Frame, name: str) -> Part:
    """A service, a job that keeps its answers, one by the clock, and an operation that queues the first."""
    key = frame.one("  id: uuid = uuid7() @id\n", "  id: bigint @identity @id\n", "  id: string(1..20) @id\n")
    given = frame.one(
        "text", "string(0..9)", "decimal(9, 2)", "int", "timestamp", "bool", "uuid", "date", "float"
    )
    auth = frame.one(
        "",
        f'  auth bearer env("{name}_TOKEN")\n',
        f'  auth header {{ name: "X-Key"  value: env("{name}_KEY") }}\n',
        f'  auth mtls {{ certificate: env("{name}_CRT")  key: env("{name}_PEM") }}\n',
        f'  auth hmac {{ secret: env("{name}_SECRET") }}\n',
        f'  auth oauth {{ token: "https://id.example/t"  client: env("{name}_C")  secret: env("{name}_S") }}\n',
    )
    post = frame.one(
        '@http(POST, "/made")', '@http(PUT, "/made/{of}")', '@http(POST, "/made/{of}") @idempotent'
    )
    fallback = frame.maybe(" @fallback(null)")
    between = frame.one("", "  update of { done: true }\n", f'  create {name}Log {{ text: "x" }}\n')
    undo = frame.one(
        "",
        f" compensate call {name}Out.gone(word: made.code)",
        f' compensate create {name}Log {{ text: "x" }}',
        f" compensate update {name} where done {{ done: false }}",
    )
    undone = frame.maybe(" compensate update of { done: false }")
    return Part(
        f"""struct {name}Answer {{ value: {given}?  many: {given}[]  code: string(1..40) }}
entity {name} {frame.maybe("@audited ")}{frame.maybe("@versioned ")}{{
{key}{frame.held}  value: {given}?
  done: bool = false
  code: string(1..40)?
}}
entity {name}Log {{
  id: uuid = uuid7() @id
{frame.held}  text: string(1..40)
}}
external {name}Out at {frame.one(f'env("{name}_URL")', '"https://out.example:8443/v1"')} {{
  timeout: {frame.one("1s", "500ms")}
  retry: {frame.one("0", "2")}
{auth}  op made(of: text, value: {given}?) -> {name}Answer {post}
  op seen(value: {given}?) -> {name}Answer? @http(GET, "/seen"){fallback}
  op gone(word: text) @http(DELETE, "/gone")
}}
job Call{name}(of: {name}) {{
  timeout: 1m
  call {name}Out.made(of: "one", value: of.value) -> made{undo}
{between}  update of {{ value: made.value, code: made.code }}{undone}
  call {name}Out.seen()
  update of {{ done: true }}
}}
job Ask{name}(of: {name}, word: string(1..9)) @handler {{
  timeout: 2m
  calls {name}Out.made, {name}Out.gone
}}
job Tell{name} every 1d {{
  call {name}Out.gone(word: "all")
  delete {name}Log where text == "never"
}}""",
        frame.open_policy(name, actions="read, create, update, delete, call")
        + "\n"
        + frame.open_policy(f"{name}Log"),
        f"""  resource {name} {{
    ops list, get, create
    op call() {{ enqueue Call{name}(of: this){frame.maybe(f'  enqueue Ask{name}(of: this, word: "now")')} }}
  }}
  resource {name}Log {{ ops list }}""",
    )
