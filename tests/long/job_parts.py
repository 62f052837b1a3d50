"""A part of random systems with jobs: by the clock and queued, over rows of any key, kept or deleted, of a tenant or of none."""

from tests.long.frame import Frame, Part


def worked(frame: Frame, name: str) -> Part:
    """Rows that age and are counted; a job on them, one that an operation queues, and one by `@expires`."""
    kept = frame.maybe("with SoftDelete ")
    key = frame.one("  id: uuid = uuid7() @id\n", "  id: bigint @identity @id\n", "  id: string(1..20) @id\n")
    pair = frame.one("  id (a, b)\n  a: string(1..9)\n  b: int\n", "  id: int @id\n")
    when = frame.one("every 1h", 'cron "*/7 3 * * mon-fri" in "America/New_York"', 'cron "0 0 29 2 *"')
    keyed = frame.maybe(f"  concurrency: of\n  unique: {frame.one('of', '[of, by]')}\n")
    delay = frame.one("", " after 1h", " at this.touched")
    emits = frame.maybe(f" emits {name}Touched")
    seen = frame.one("", f"  counting: JobRun? @computed(last_run(Count{name}))\n")
    state = (
        frame.maybe("  state: JobState? @computed(if counting == null then null else counting.state)\n")
        if seen
        else ""
    )
    told = (
        f"""event {name}Touched on {name} {{ of: {name}  by: int  gone: bool }}
job Follow{name} on {name}Touched {{
{keyed}  update of {{ count: count + by }}
  update {name} where touched < now() and not gone {{ count: by }}
}}
"""
        if emits
        else ""
    )
    return Part(
        f"""entity {name} {kept}{frame.maybe("@audited ")}{frame.maybe("@versioned ")}{{
{key}{frame.held}  touched: timestamp = now()
  count: int = 0
  gone: bool = false
{seen}{state}}}
entity {name}Log @expires(at, {frame.one("30d", "90m")}) {{
{pair}{frame.held}  at: timestamp = now()
  of: {name}? @on_delete({frame.one("set_null", "cascade")})
}}
event {name}Swept {{ by: int }}
job Forget{name}(row: {name}Log, by: int) {{
  remove {name} {{ count: by }}
  update row {{ of: null }}
}}
job Sweep{name} {when} {{
{frame.maybe(f"  batch: {frame.one('1', '100')}" + chr(10))}  update {name} where touched < now() - 1d and not gone {{ count: count + 1 }}
  delete {name} where gone and count > 3
  update {name}Log where of != null and of.gone {{ of: null }}
  emit {name}Swept {{ by: 1 }}
{frame.maybe(f"  enqueue Count{name}(of: this, by: count) after 1h for {name} where gone" + chr(10))}}}
{told}job Count{name}(of: {name}, by: int) {{
{keyed}{frame.maybe(f"  keep: 2h{chr(10)}")}  update of {{ count: count + by }}
  remove {name}Log {{ of: of }}
}}""",
        frame.open_policy(name, actions="read, create, update, delete, touch")
        + "\n"
        + frame.open_policy(f"{name}Log", actions="read, forget"),
        f"""  resource {name} {{
    ops list, get, create{frame.maybe(f"{chr(10)}    filter state") if state else ""}
    op touch(by: int) {{ {frame.maybe(f"cancel Count{name}(of: this) ")}enqueue Count{name}(of: this, by: by){delay}{emits} }}
  }}
  resource {name}Log {{
    ops list
    op forget(by: int) {{ enqueue Forget{name}(row: this, by: by) }}
  }}""",
    )


def received(frame: Frame, name: str) -> Part:
    """Webhooks that come in, of each kind of signature, for rows of any key; an audit trail that is sealed."""
    key, kind = frame.one(
        "uuid = uuid7()|uuid", "bigint @identity|bigint", "string(1..20)|string(1..20)"
    ).split("|")
    house = "  house: text" if frame.tenanted else ""
    where = " in house" if frame.tenanted else ""
    signature = frame.one("", "  signature: stripe\n", "  signature: github\n")
    return Part(
        f"""entity {name} @audited {frame.maybe("@versioned ")}{{
  id: {key} @id
{frame.held}  seen: int = 0
  note: string(1..40)?
}}
event {name}Told {{ of: {kind}  by: int  at: timestamp?{house} }}
job See{name}(of: {name}, by: int, at: timestamp?) {{
{frame.maybe("  concurrency: of" + chr(10))}  update of {{ seen: seen + by }}
}}
source {name}Sender from webhook at "/hooks/{name.lower()}" {{
  secret: env("SENDER_SECRET")
{signature}{frame.maybe("  tolerance: 1h" + chr(10))}}}
consume {name}Told from {name}Sender{where} {{
  enqueue See{name}(of: of, by: by, at: at){frame.one("", " after 1d")}
}}
audit {{ {frame.maybe("seal: 5m  ")}{frame.maybe("keep: 30d")} }}""",
        frame.open_policy(name),
        f"  resource {name} {{ ops list, get, create, update, delete }}",
    )
