"""The table of constructs in `specs/import.md` is what imports make of sources that hold all of them."""

import os
from pathlib import Path

import pytest

from bdc.importing.described import describe
from bdc.importing.draft import Ledger
from bdc.importing.encoding import decoded
from bdc.importing.prisma.elements import account
from bdc.importing.prisma.parse import parse
from tests.importing.accounts import accounted
from tests.importing.constructs import of_jdl, of_openapi, of_prisma, rows

PAGE = Path(__file__).parents[2] / "specs" / "import.md"
HERE = Path(__file__).parent
_BEGIN, _END = "<!-- constructs: made by tests/importing/test_table.py -->\n", "<!-- end of constructs -->\n"


def _ledger(name: str) -> Ledger:
    if name.endswith(".prisma"):
        return account(parse(decoded((HERE / name).read_bytes())[0]))
    found = describe(str(HERE / name), "whole", None)
    accounted(found)
    return found.ledger


def _table() -> str:
    kinds = (
        ("JDL", ["whole.jdl"], of_jdl),
        ("Prisma", ["whole.prisma"], of_prisma),
        ("OpenAPI", ["library.yaml", "whole.yaml"], of_openapi),
    )
    lines = ["| source | construct | in the specification |", "|---|---|---|"]
    for source, names, kind in kinds:
        lines += [
            f"| {source} | {what} | {became} |"
            for what, became in rows([_ledger(name) for name in names], kind)
        ]
    return "\n".join(lines) + "\n"


def test_each_construct_is_carried_or_named() -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    shown, _, after = rest.partition(_END)
    made = _table()
    if os.environ.get("UPDATE_EXPECT"):
        PAGE.write_text(f"{before}{_BEGIN}{made}{_END}{after}", encoding="utf-8")
        return
    assert shown == made


@pytest.mark.parametrize("name", ["whole.jdl", "whole.prisma", "whole.yaml"])
def test_no_element_is_without_a_reason(name: str) -> None:
    ledger = _ledger(name)
    assert not [path for path, _, reason in ledger.left() if reason == "the import does not read it"]
