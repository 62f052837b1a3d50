"""Random systems of unusual shapes: each is made of parts drawn from `PARTS`, in a frame that differs too (tenant or none, key of the caller).

`tests/long/systems.py` varies what policies say over plain entities; here the entities themselves are unusual: keys, cycles, checks,
exclusions, partitions, views, choices, machines, encrypted and stored fields, memberships, every scalar type.
"""

from random import Random

from tests.long.frame import Frame, Part
from tests.long.parts import PARTS

KEYS = {"uuid": "uuid = uuid7() @id", "string": "string(1..30) @id", "int": "int @id", "bigint": "bigint @id"}


def random_shape(seed: int) -> str:
    """Return the text of one specification; the same seed gives the same text."""
    chance = Random(seed)
    frame = Frame(chance, tenanted=chance.random() < 0.4)
    chosen = chance.sample(sorted(PARTS), k=chance.randint(2, 4))
    parts = [PARTS[name](frame, f"{name.capitalize()}{number}") for number, name in enumerate(chosen)]
    return "\n".join(
        [
            "bds 1",
            f"module shape{seed}",
            "",
            "use std.mixins { SoftDelete, Timestamps }",
            "use std.types { CountryCode, Email, Money, Percent, Phone, Slug, Url }",
            "use std.jobs { JobRun, JobState }",
            "",
            *_lines(frame, parts),
        ]
    )


def names_of(seed: int) -> tuple[str, ...]:
    """Return the parts that the system of `seed` is made of."""
    chance = Random(seed)
    chance.random()
    return tuple(chance.sample(sorted(PARTS), k=chance.randint(2, 4)))


def _lines(frame: Frame, parts: list[Part]) -> list[str]:
    chance = frame.chance
    person, house = chance.choice(sorted(KEYS)), chance.choice(sorted(KEYS))
    listed = chance.random() < 0.4
    lines = (
        [f"entity House @tenant_root {{\n  id: {KEYS[house]}\n  name: string(1..40)\n}}"]
        if frame.tenanted
        else []
    )
    lines += [
        f"entity Person {{\n  id: {KEYS[person]}\n{frame.held}  name: string(1..40)\n  level: int = 1\n}}",
        *(part.entities for part in parts),
        'identity Person {\n  bearer jwt { issuer: env("JWT_ISSUER")  audience: "shape"  jwks: env("JWKS_URL") }',
        f'  claim id: {person} = "sub"',
        *([f'  claim house: {house} = "house"'] if frame.tenanted else []),
        *(['  claim names: string[] = "names"'] if listed else []),
        '  claim roles: string[] = "roles"\n}',
        "role guest\nrole staff extends guest",
        *(
            [f"policy House {{ allow read to guest{frame.maybe(' when id == actor.house')} }}"]
            if frame.tenanted
            else []
        ),
        f"policy Person {{ {frame.scope}allow read to guest{' when name in actor.names or level == 1' if listed else ''}  allow create to staff }}",
        *(part.policies for part in parts),
    ]
    return [*lines, *_apis(frame, parts)]


def _apis(frame: Frame, parts: list[Part]) -> list[str]:
    """One api, or two that share the parts between them."""
    cut = frame.chance.randint(1, len(parts)) if frame.chance.random() < 0.3 else len(parts)
    people = f"  resource Person {{ ops {frame.chance.choice(('get', 'list', 'list, get, create'))} }}"
    known = frame.one("", "", "", " { persisted: true }", " { relay: true }")
    graphql = f'  graphql at "/graphql"{known}\n' if frame.chance.random() < 0.8 else ""
    resources = "\n".join(each.resources for each in parts)
    profile = _profile(frame) if "@bulk" not in resources and frame.chance.random() < 0.35 else ""
    first = (
        f'api First v1 at "/v1" {{\n  auth bearer\n{graphql}{profile}{people}\n'
        + "\n".join(each.resources for each in parts[:cut])
        + "\n}"
    )
    second = (
        'api Second v1 at "/second" {\n  auth bearer\n'
        + "\n".join(each.resources for each in parts[cut:])
        + "\n}"
    )
    return [first, second] if parts[cut:] else [first]


def _profile(frame: Frame) -> str:
    """How the first api looks, where it looks otherwise than inside."""
    settings = [
        frame.maybe("names: camel", 0.8),
        frame.maybe("envelope: true"),
        frame.maybe("errors: members"),
        frame.maybe(f"invalid: {frame.one('400', '422')}"),
        frame.maybe("update: PUT"),
        frame.maybe("created: 200", 0.3),
        frame.maybe("deleted: 200", 0.3),
        frame.maybe('scheme: "Token"', 0.3),
    ]
    return f"  profile {{ {'  '.join(filter(None, settings))} }}\n"
