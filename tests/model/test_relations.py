"""What mixins, relations, tenants and machines become in the IR."""

from bdc import ir
from bdc.naming.casing import kebab, plural, snake
from bdc.naming.sql import Namer, fitted
from tests.support.specs import compile_text

TENANT = """
entity Org @tenant_root {
  id: uuid = uuid7() @id
}

mixin Tenanted {
  org: Org @tenant
}

entity Team with Tenanted {
  id: uuid = uuid7() @id
}

entity Country {
  code: string(2..2) @id
}
"""


def system(text: str) -> ir.SystemIR:
    compiled = compile_text(TENANT + text)
    assert [found.message for found in compiled.diagnostics] == []
    assert compiled.system is not None
    return compiled.system


def test_references_carry_the_tenant_where_both_sides_have_one() -> None:
    table = system(
        """
entity Person with Tenanted {
  id: uuid = uuid7() @id
  team: Team? @on_delete(set_null)
  country: Country
}
"""
    ).table("person")
    keys = {key.name: key for key in table.foreign_keys}
    team = keys["fk_person_team_id"]
    assert (team.columns, team.target_columns) == (("org_id", "team_id"), ("org_id", "id"))
    assert team.set_null_columns == ("team_id",)
    assert keys["fk_person_country_id"].columns == ("country_id",)
    assert table.column("country_id").type == ir.ScalarType(
        scalar=ir.Scalar.STRING, min_length=2, max_length=2
    )
    assert table.primary_key is not None and table.primary_key.columns == ("org_id", "id")
    assert {index.name for index in table.indexes} == {"ix_person_org_id_team_id", "ix_person_country_id"}


def test_an_index_of_ones_own_serves_the_reference() -> None:
    table = system(
        """
entity Person with Tenanted {
  id: uuid = uuid7() @id
  team: Team
  name: text
  index (org, team, name)
}
"""
    ).table("person")
    assert [index.name for index in table.indexes] == ["ix_person_org_id_team_id_name"]


def test_a_key_that_is_a_reference_has_the_type_of_the_key_behind_it() -> None:
    table = system(
        """
entity Profile with Tenanted {
  team: Team @id
  text: text
}

entity Photo with Tenanted {
  id: uuid = uuid7() @id
  profile: Profile
}
"""
    ).table("photo")
    assert table.column("profile_id").type == ir.ScalarType(scalar=ir.Scalar.UUID)
    assert table.foreign_keys[0].target_columns == ("org_id", "team_id")


def test_soft_deletion_makes_every_unique_partial() -> None:
    table = system(
        """
entity Person {
  id: uuid = uuid7() @id
  name: text @unique
  gone_at: timestamp? @stamp(deleted)
  unique (id, name) where name != ""
}
"""
    ).table("person")
    first, second = table.uniques
    assert isinstance(first.where, ir.IsNull)
    assert isinstance(second.where, ir.And) and isinstance(second.where.terms[1], ir.IsNull)


def test_two_constraints_of_one_name_are_numbered() -> None:
    table = system(
        """
entity Person {
  id: uuid = uuid7() @id
  name: string(1..80)
  unique (name) where name != ""
  unique (name) where name == ""
  check name (name != "-")
}
"""
    ).table("person")
    assert [unique.name for unique in table.uniques] == ["uq_person_name", "uq_person_name_2"]
    assert [check.name for check in table.checks] == ["ck_person_name", "ck_person_name_2"]


def test_names_stay_within_what_postgresql_keeps() -> None:
    long = "ix_" + "a" * 80
    assert len(fitted(long)) == 63 and fitted(long) != fitted(long + "b")
    namer = Namer()
    assert namer.name("ix", "a" * 80) != namer.name("ix", "a" * 80)
    assert len(fitted("ü" * 60).encode()) <= 63


def test_words() -> None:
    assert [snake(name) for name in ("Order", "OrderItem", "HTTPCall", "Cart2Go")] == [
        "order",
        "order_item",
        "http_call",
        "cart2_go",
    ]
    assert [
        plural(name) for name in ("Order", "Category", "Address", "Day", "PersonTag", "Person", "Box")
    ] == [
        "Orders",
        "Categories",
        "Addresses",
        "Days",
        "PersonTags",
        "People",
        "Boxes",
    ]
    assert kebab("OutOfStock") == "out-of-stock"


def test_a_relation_of_its_own_is_no_other_side_wherever_it_stands() -> None:
    found = system(
        """
entity Seat {
  id: uuid = uuid7() @id
  fans: Guest[] @through
}

entity Guest {
  id: uuid = uuid7() @id
  seats: Seat[]
}
"""
    )
    assert {table.name for table in found.tables} >= {"seat_fans", "guest_seat"}


def test_a_join_table_stands_where_its_relation_begins() -> None:
    found = system(
        """
entity Guest @unguarded @schema("sales") @names(postgres) {
  id: uuid = uuid7() @id
  friends: Guest[]
}
"""
    )
    table = found.table_of("GuestFriends")
    assert (table.schema_name, table.primary_key and table.primary_key.name) == (
        "sales",
        "guest_friends_pkey",
    )
    assert found.policy("GuestFriends") is None and found.entity("GuestFriends").unguarded


def test_modules_may_use_each_other_and_order_means_nothing() -> None:
    from bdc.pipeline import compile_system
    from bdc.source import SourceFile

    a = "bds 1\nmodule a\n\nuse a.b { Part as Piece }\n\nentity Whole {\n  parts: Piece[] @inverse(whole)\n  id: uuid @id\n}\n"
    b = "bds 1\nmodule a.b\n\nuse a { Whole }\n\nentity Part {\n  whole: Whole\n  id: uuid @id\n}\n"
    for files in ([("a.bds", a), ("b.bds", b)], [("b.bds", b), ("a.bds", a)]):
        compiled = compile_system([SourceFile(path, text) for path, text in files])
        assert compiled.diagnostics == ()
        assert compiled.system is not None and compiled.system.name == "a"
        field = compiled.system.entity("Whole").field("parts")
        assert isinstance(field, ir.CollectionField) and field.target == "Part"


def test_a_join_table_has_its_name_and_knows_what_it_was_called() -> None:
    found = system(
        """
entity Guest @was(Visitor) {
  id: uuid = uuid7() @id
  friends: Guest[] @was(mates)
  friend_of: Guest[] @inverse(friends)
  holds: Ticket[] @was(GuestTicket)
  sells: Ticket[] @table("sale") @column("seller", "what")
  seats: Seat[]
  wishes: Seat[] @through
}

entity Ticket {
  id: uuid = uuid7() @id
  holders: Guest[] @inverse(holds)
}

entity Seat {
  id: uuid = uuid7() @id
  guests: Guest[]
}
"""
    )
    names = {
        table.name: tuple(
            name for name in table.was if name.islower()
        )  # `@table("GuestMates")` would be others
        for table in found.tables
        if table.name not in ("guest", "ticket", "seat")
    }
    assert {name: was for name, was in names.items() if name.startswith(("guest_", "sale"))} == {
        "guest_friends": ("guest_mates", "visitor_friends", "visitor_mates"),
        "guest_holds": ("guest_ticket", "visitor_holds"),
        "sale": ("visitor_sells",),
        "guest_seat": ("visitor_seat",),
        "guest_wishes": ("visitor_wishes",),
    }
    columns = {column.name: column.was for column in found.table("guest_friends").columns}
    assert columns == {
        "guest_id": ("visitor_id", "visitor"),
        "other_guest_id": ("other_visitor_id", "other_visitor"),
    }
    assert [column.name for column in found.table("sale").columns] == ["seller", "what"]
    ends = {
        (name, field): (each.through, each.inverse, each.far)
        for name, field in (("Guest", "friend_of"), ("Ticket", "holders"), ("Seat", "guests"))
        if isinstance(each := found.entity(name).field(field), ir.CollectionField)
    }
    assert ends == {
        ("Guest", "friend_of"): ("GuestFriends", "other_guest", "guest"),
        ("Ticket", "holders"): ("GuestHolds", "ticket", "guest"),
        ("Seat", "guests"): ("GuestSeat", "seat", "guest"),
    }


def test_a_table_whose_name_has_capitals_may_have_been_called_so() -> None:
    found = system(
        """
entity Tool @table("_ToolToBox_x") @was("_ToolToBox") {
  id: int @id
}
"""
    )
    (table,) = (each for each in found.tables if each.name == "_ToolToBox_x")
    assert "_ToolToBox" in table.was
