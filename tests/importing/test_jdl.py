"""JHipster's JDL: its entities are tables, what only its generator knows is left out by name."""

import pytest

from bdc.importing.converge import converge
from bdc.importing.jdl import JdlError, jdl_database
from bdc.stack.loading import normalised
from tests.support.postgres import Databases

_STORE = r"""
application {
  config { baseName store, prodDatabaseType postgresql }
  entities *
}
/** Who buys. */
@ChangelogDate("20240101")
entity Customer {
  firstName String required minlength(2) maxlength(40)
  /** Where bills go. */
  email String required unique pattern(/^[^@\s]+@[^@\s]+$/)
  gender Gender
  born LocalDate, vip Boolean
}
enum Gender { MALE, FEMALE, OTHER (other) }
entity Product(goods) { name String required price BigDecimal required min(0) photo ImageBlob }
entity Invoice { code UUID required, at Instant required }
entity Tag
relationship OneToMany {
  Customer{invoice} to Invoice{customer(email) required}
}
relationship ManyToMany { Product{tag} to Tag{product} }
relationship OneToOne { Customer{account} to User with builtInEntity }
paginate Product, Invoice with pagination
service all with serviceImpl
"""


@pytest.mark.postgres
def test_a_store(databases: Databases) -> None:
    said, left_out = jdl_database(_STORE)
    made = normalised(said, databases.fresh().superuser_url)
    imported = converge(made, "store", lambda: databases.fresh().superuser_url)
    assert (len(imported.scope.entities), imported.opaque) == (5, {})
    text = imported.files["store.bds"]
    for line in (
        "/// Who buys.",
        "entity Good @table",
        "customer: Customer",
        '"varchar(40)"',
        "/// Where bills go.",
    ):
        assert line in text
    assert left_out == (
        "application",
        "paginate Product , Invoice with pagination",
        "service all with serviceImpl",
        "OneToOne Customer to User: there is no entity User",
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [("entity A {\n  x String required(\n", 3), ("relationship Some { A to B }", 1), ("entity ~", 1)],
)
def test_a_slip_is_named_by_its_line(text: str, line: int) -> None:
    with pytest.raises(JdlError) as raised:
        jdl_database(text)
    assert raised.value.line == line
