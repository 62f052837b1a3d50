"""Specifications of any size: a chain of entities, each with eight fields, an enumeration, a reference, an API and a policy."""


def generated_spec(entities: int) -> dict[str, str]:
    """Return file name → text of a valid specification with `entities` entities beside its company and its people."""
    numbers = range(1, entities + 1)
    names = ", ".join(f"Thing{number}" for number in numbers)
    return {
        "big.bds": _head("big") + _BASE + "\n".join(_entity(number) for number in numbers),
        "policy.bds": _head("big.policy", f"use big {{ Company, Person, {names} }}")
        + _POLICY
        + "\n".join(map(_policy, numbers)),
        "api.bds": _head("big.api", f"use big {{ {names} }}") + _api(numbers),
    }


def _head(module: str, use: str = "use std.mixins { Timestamps }") -> str:
    return f"bds 1\nmodule {module}\n\n{use}\n\n"


_BASE = """\
entity Company @tenant_root {
  id: uuid = uuid7() @id
  name: string(1..80)
}

mixin Owned {
  company: Company @tenant @immutable
}

entity Person with Owned {
  id: uuid = uuid7() @id
  name: string(1..80)
}

"""

_POLICY = """\
identity Person {
  bearer jwt { issuer: env("JWT_ISSUER")  audience: "big"  jwks: env("JWKS_URL") }
  claim id: uuid = "sub"
  claim company: uuid = "company"
  claim roles: string[] = "roles"
}

role member
role manager extends member

policy Company {
  allow read to member when id == actor.company
}

policy Person {
  scope company == actor.company
  allow read to member
}

"""


def _entity(number: int) -> str:
    before = f"  before: Thing{number - 1}? @on_delete(set_null)\n" if number > 1 else ""
    return f"""\
enum Kind{number} {{ small, middle, large }}

/// Thing number {number}.
entity Thing{number} with Owned, Timestamps {{
  id: uuid = uuid7() @id
  name: string(1..80)
  code: string(3..20)
  kind: Kind{number} = small
  amount: int(0..1000) = 0
  price: decimal(12, 2) @min(0)
  active: bool = true
  note: text?
  day: date?
{before}  unique (company, code)
  index (company, kind)
}}
"""


def _policy(number: int) -> str:
    return f"""\
policy Thing{number} {{
  scope company == actor.company
  allow read, create, update to member
  allow delete to manager
}}
"""


def _api(numbers: range) -> str:
    resources = "\n".join(_resource(number) for number in numbers)
    return f"""\
api Big v1 at "/v1" {{
  auth bearer
  limit 600 per 1m by actor.id
  graphql at "/graphql" {{ depth: 8  cost: 2000  introspection: dev }}

{resources}}}
"""


def _resource(number: int) -> str:
    expand = "    expand before\n" if number > 1 else ""
    return f"""\
  resource Thing{number} at "/things{number}" {{
    ops list, get, create, update, delete
    page cursor(default: 20, max: 100)
    filter kind, code
    sort name
{expand}  }}
"""
