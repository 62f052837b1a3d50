"""Names in statements: quoting is the definition language's, the trees are ours."""

from sqlglot import exp

from bdc.ddl.names import RESERVED, is_plain, quote

__all__ = ["RESERVED", "column", "column_text", "identifier", "is_plain", "quote", "table"]


def identifier(name: str) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=not is_plain(name))


def column(alias: str, name: str) -> exp.Column:
    """Return `alias.name`; the bare column when `alias` is empty."""
    return (
        exp.Column(this=identifier(name), table=identifier(alias))
        if alias
        else exp.Column(this=identifier(name))
    )


def table(name: str, alias: str) -> exp.Table:
    """Return the FROM item `name as alias`."""
    return exp.Table(this=identifier(name), alias=exp.TableAlias(this=identifier(alias)))


def column_text(alias: str, name: str) -> str:
    """Return `alias.name` as text: what most fragments are, without a tree in between."""
    return f"{alias}.{quote(name)}"
