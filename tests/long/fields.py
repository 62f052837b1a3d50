"""A part of random systems whose fields are drawn one by one: type, attributes, default, uniqueness, and a rule of its own."""

from tests.long.frame import Frame, Part

# How a type is written, what stands behind it, and a default.
_TYPES: tuple[tuple[str, str, str], ...] = (
    ("string(1..30)", "", '"some"'),
    ("string(2..12)", ' @pattern(r"^[A-Z]{2}[0-9]{0,8}$")', '"AB12"'),
    ("text", "", '"long"'),
    ("int", "", "3"),
    ("int(1..9)", "", "4"),
    ("bigint(0..)", "", "0"),
    ("decimal(8, 2)", " @min(0.01)", "1.50"),
    ("decimal(24, 12)", "", "0.5"),
    ("float", "", "1.5"),
    ("bool", "", "true"),
    ("date", "", '"2025-05-05"'),
    ("date", "", "today()"),
    ("timestamp", "", "now()"),
    ("time", "", '"10:30"'),
    ("duration", "", '"PT1H"'),
    ("uuid", "", "uuid4()"),
    ("json", "", ""),
    ("bytes", "", ""),
    ("Email", "", ""),
    ("Phone", "", ""),
    ("Url", "", ""),
    ("Slug", "", ""),
    ("Money", "", "10.00"),
    ("Percent", "", "0"),
    ("CountryCode", "", '"DE"'),
    ("{0}Mood", "", "calm"),
    ("{0}Box", "", ""),
    ("string(1..9)[]", "", ""),
    ("{0}Mood[]", "", ""),
    ("{0}Box[]", "", ""),
    ("Person", "", ""),
)
_NOT_COMPARED = ("json", "bytes", "Box", "[]")
_ROLES = ("guest", "staff")


def fielded(frame: Frame, name: str) -> Part:
    """Fields of any type with any attributes that go together."""
    count = frame.chance.randint(4, 8)
    fields, rules, filters, searched = [], [], [], []
    for number in range(count):
        type_, more, default = frame.chance.choice(_TYPES)
        field = f"f{number}"
        plain = not any(each in type_ for each in _NOT_COMPARED)
        optional = "?" if not type_.endswith("[]") and frame.chance.random() < 0.4 else ""
        given = f" = {default}" if default and not optional and frame.chance.random() < 0.4 else ""
        ruled = _rule(frame, field, optional, type_)
        text = type_.startswith(("string", "text", "Email", "Slug")) and plain
        relation = type_ == "Person"
        attributes = (
            ""
            if relation
            else _attributes(
                frame,
                plain and not given and "bool" not in type_ and "Mood" not in type_,
                text and not given,
                searched,
                field,
                ruled,
            )
        )
        fields.append(f"  {field}: {type_.format(name)}{optional}{given}{more}{attributes}")
        rules += ruled
        if plain and not ruled and "@encrypted" not in attributes and "Person" not in type_:
            filters.append(field)
    return Part(
        f"""enum {name}Mood {{ calm, wild @value("odd one") }}
struct {name}Box {{ width: decimal(6, 2)  label: string(1..20)?  moods: {name}Mood[] }}
entity {name} {frame.maybe("with Timestamps ")}{frame.maybe("@versioned ")}{frame.maybe("@audited ")}{{
  id: uuid = uuid7() @id
{frame.held}  owner: Person
{chr(10).join(fields)}
}}""",
        f"policy {name} {{ {frame.scope}allow read to guest{frame.maybe(' when owner == actor')}  allow {frame.one('create', 'create, update')} to {frame.one(*_ROLES)}"
        f"{frame.maybe(' when owner == actor')}  allow read, update, delete to staff\n  "
        + "\n  ".join(rules)
        + " }",
        f"  resource {name} {{ {'filter ' + ', '.join(filters) if filters else ''}{'  search' + frame.maybe('(fuzzy: true)') + ' ' + ', '.join(searched) if searched else ''}  expand owner }}",
    )


def _rule(frame: Frame, field: str, optional: str, type_: str) -> list[str]:
    if frame.chance.random() < 0.6:
        return []
    read = frame.maybe(f"read to {frame.one('staff', 'guest when owner == actor')}", 0.6)
    write = frame.maybe(f"write to {frame.one(*_ROLES)}{frame.maybe(' when owner == actor', 0.3)}", 0.7)
    return [f"field {field} {{ {read}  {write} }}"] if read or write else []


def _attributes(
    frame: Frame, unique: bool, text: bool, searched: list[str], field: str, ruled: list[str]
) -> str:
    if text and frame.chance.random() < 0.2:
        return " @encrypted"
    found = frame.maybe(" @immutable", 0.2) + frame.maybe(" @pii", 0.2)
    if unique and frame.chance.random() < 0.25:
        found += " @unique"
    if text and not any("read to" in rule for rule in ruled) and frame.chance.random() < 0.3:
        searched.append(field)
        found += " @searchable"
    return found
