"""Generated statements say members in few words; the runtime makes of them what was compiled."""

import itertools

import pytest

from bdc.ir import compiled
from bdc.query.jsontext import json_text
from bdc_emitters.service.reads import SHORT, source

KINDS = sorted(SHORT | {"bytes", "array", "decimals", "encrypted"})


@pytest.mark.parametrize(("kind", "nullable"), [*itertools.product(KINDS, (False, True))])
def test_a_member_in_few_words_is_the_compiled_one(kind: str, nullable: bool) -> None:
    from services.data.engine import fragments, members

    for name, field, sql in (
        ("day", "day", '«a»."day"'),
        ("owner_id", "owner", "«a».owner_id"),
        ("n", "n", "«a».n"),
    ):
        json = json_text(kind, sql, nullable)
        written = compiled.ReadMember(
            name, field, sql, "text", kind, json.prefix, json.text, json.suffix, nullable
        )
        names = {"member": members.member, "ReadMember": fragments.ReadMember}
        read = eval(source(written), names)
        for each in compiled.ReadMember.__dataclass_fields__:
            assert getattr(read, each) == getattr(written, each), each
