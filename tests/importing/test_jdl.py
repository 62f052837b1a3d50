"""JHipster's JDL: every element is in the specification, or named with the reason."""

from pathlib import Path

import pytest

from bdc.importing.described import describe
from bdc.importing.draft import Settled, settle
from bdc.importing.jdl import JdlError, jdl_draft
from tests.importing.accounts import accounted
from tests.support import corpus
from tests.support.postgres import Databases

SAMPLES = sorted((corpus.CORPUS / "jdl-samples").glob("*.j*"))
_STORE = r"""
application {
  config { baseName store, languages [en, fr] }
  entities *
}
SHORT=2 LONG = 40, ODD=-1
/** Who buys. */
@ChangelogDate("20240101") @EnableAudit
entity Customer {
  firstName String required minlength(SHORT) maxlength(LONG)
  /** Where bills go. */
  email String required unique pattern(/^[^@\s]+@[^@\s]+$/)
  gender Gender
  born LocalDate, vip Boolean /** since when he is known */
}
enum Gender { MALE, /** as they said */ FEMALE ("The other"), in (x) }
entity Product(goods) { name String required price BigDecimal required min(0) photo ImageBlob maxbytes(5000) text TextBlob }
entity Invoice { id UUID, code UUID required, at Instant required, weird Thing, twin String pattern(/(a)\1/) }
entity Tag { @Id name String maxlength(20) }
entity Box
relationship OneToMany {
  Customer{invoice} to /** who pays */ Invoice{customer(email) required}
}
relationship ManyToMany { Product{tag} to Tag{product} }
relationship OneToOne { Customer{account(login)} to User with builtInEntity, Box{wrapped} to Invoice with jpaDerivedIdentifier }
relationship ManyToOne { Box{inside} to @OnDelete("CASCADE") Box{parts}, Box{lost} to Nowhere }
dto Product, Invoice with mapstruct
paginate * with pagination except Tag
service all with serviceImpl
skipClient Ghost
deployment { deploymentType kubernetes }
"""


def _settled(text: str, fresh: Databases | None = None) -> Settled:
    units, ledger, added = jdl_draft(text, "store")
    return settle(units, ledger, "store.bds", (lambda: fresh.fresh().superuser_url) if fresh else None, added)


@pytest.mark.postgres
def test_a_store(databases: Databases) -> None:
    found = _settled(_STORE, databases)
    for line in (
        "/// Who buys.\nentity Customer {",
        "first_name: string(2..40)",
        r'email: string(..255) @unique @pattern("^[^@\\s]+@[^@\\s]+$")',
        "/// since when he is known\n  vip: bool?",
        '/// The other\n  FEMALE\n  /// x\n  in_ @value("in")',
        'entity Good @table("goods")' if "entity Good " in found.text else 'entity Product @table("goods")',
        "price: decimal(21, 2) @min(0)",
        "id: uuid = uuid4() @id",
        "name: string(..20) @id",
        "/// who pays\n  customer: Customer",
        "invoice: Invoice[] @inverse(customer)",
        "product: Product[] @inverse(tag)",
        "account: User? @unique",
        "wrapped: Invoice @fields(id)",
        "inside: Box? @on_delete(cascade)",
        "// JHipster: paginate with pagination",
        'entity User @table("jhi_user")',
    ):
        assert line in found.text, (line, found.text)
    assert (
        found.text.index("entity Customer")
        < found.text.index("entity Product")
        < found.text.index("entity Box")
    )
    reasons = {path: reason for path, _, reason in found.ledger.left()}
    assert reasons["entity Invoice/weird"] == "there is no type Thing"
    assert reasons["entity Invoice/twin/pattern"].startswith("E212")
    assert reasons["ManyToOne Box{lost} to Nowhere"] == "there is no entity Nowhere"
    assert reasons["skipClient Ghost"] == "it names no entity of this file"
    assert reasons["constant ODD"] == "no rule uses it"
    assert "the import does not read it" not in reasons.values()
    accounted(found)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_official_samples_leave_out_only_what_is_of_the_generator(path: Path) -> None:
    found = describe(str(path), "sample", None)
    accounted(found)
    kinds = {reason for _, _, reason in found.ledger.left()}
    assert kinds <= {
        "it configures JHipster's generator",
        "the display field is for JHipster's user interface",
        "it names no entity of this file",
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("entity A {\n  x String required(\n", 3),
        ("relationship Some { A to B }", 1),
        ("entity ~", 1),
        ("entity A {\n x", 2),
        ("{", 1),
    ],
)
def test_a_slip_is_named_by_its_line(text: str, line: int) -> None:
    with pytest.raises(JdlError) as raised:
        jdl_draft(text, "a")
    assert raised.value.line == line
