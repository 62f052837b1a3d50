"""The SDL, and that the emitted Strawberry code says the same."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import build_schema, lexicographic_sort_schema, parse, print_schema

from bdc.diagnostics import DiagnosticSink
from bdc.ir import SystemIR
from bdc.naming.casing import camel, lower_first, snake
from bdc.output import EmitContext, Ownership
from bdc.pipeline import compile_system
from bdc.project import load_project
from bdc.surface.graphql.build import build_schema_tree
from bdc.surface.graphql.python_names import enum_member, python_name
from bdc_emitters.graphql import EMITTER
from bdc_emitters.graphql.emit import files_of
from bdc_emitters.graphql.sdl import InvalidSchema, print_sdl
from bdc_emitters.graphql.table import Table
from tests.graphql.harness import importable, write
from tests.graphql.small_system import API, SYSTEM, reads
from tests.support.expect import expect

EXPECTED = Path(__file__).parent / "expected"
SYSTEMS = Path(__file__).parents[1] / "systems"


def small_sdl() -> str:
    return print_sdl(build_schema_tree(SYSTEM, API, reads()))


def test_small_schema_as_expected() -> None:
    expect(EXPECTED / "small.graphql", small_sdl())


def test_the_sdl_is_valid_and_its_own_fixed_point() -> None:
    sdl = small_sdl()
    assert print_schema(lexicographic_sort_schema(build_schema(sdl))) + "\n" == sdl
    assert parse(sdl).definitions


def test_an_entity_may_be_called_as_graphql_calls_its_roots() -> None:
    """The schema then says which types are its roots; everything stands in name order, numbers as numbers."""
    files = load_project(SYSTEMS / "theatre", DiagnosticSink()).files
    system = compile_system(files).system
    assert system is not None
    context = EmitContext(system, {})
    reads = {read.entity: read for read in context.queries.reads}
    sdl = print_sdl(build_schema_tree(system, system.apis[0], reads))
    assert sdl.startswith("schema {\n  query: Query\n") and "type Subscription " in sdl
    assert print_schema(lexicographic_sort_schema(build_schema(sdl))) + "\n" == sdl


def test_a_name_that_graphql_does_not_allow_is_an_error_of_this_target() -> None:
    broken = SYSTEM.model_copy(
        update={
            "enums": (
                SYSTEM.enums[0].model_copy(
                    update={"values": (SYSTEM.enums[0].values[0].model_copy(update={"name": "true"}),)}
                ),
            )
        }
    )
    with pytest.raises(InvalidSchema, match="true"):
        print_sdl(build_schema_tree(broken, API, reads()))


def test_members_that_reads_do_not_offer_are_not_in_the_schema() -> None:
    from dataclasses import replace

    known = reads()
    order = known["Order"]
    hidden = tuple(member for member in order.members if member.name != "number")
    sdl = print_sdl(
        build_schema_tree(SYSTEM, API, {**known, "Order": replace(order, members=hidden, relations=())})
    )
    type_ = sdl[sdl.index("type Order {") :].partition("}")[0]
    assert "number" not in type_
    assert "customer:" not in type_
    assert "customerId: ID!" in type_


def test_a_hidden_member_may_be_null_and_a_masked_one_may_not() -> None:
    from dataclasses import replace

    known = reads()
    order = known["Order"]
    masks = {"number": "'null'", "total": "'\"***\"'"}
    members = tuple(
        replace(member, visible=(), mask=masks[member.name]) if member.name in masks else member
        for member in order.members
    )
    sdl = print_sdl(build_schema_tree(SYSTEM, API, {**known, "Order": replace(order, members=members)}))
    type_ = sdl[sdl.index("type Order {") :]
    assert "\n  number: String\n" in type_
    assert "\n  total: Decimal!\n" in type_


def test_nothing_is_emitted_without_graphql() -> None:
    silent = SYSTEM.model_copy(update={"apis": (API.model_copy(update={"graphql": None}),)})
    assert list(EMITTER.emit(silent, EmitContext(silent))) == []


def test_files_are_the_same_twice_and_only_extensions_are_the_users() -> None:
    first = files_of(SYSTEM, build_schema_tree(SYSTEM, API, reads()), API, reads())
    assert first == files_of(SYSTEM, build_schema_tree(SYSTEM, API, reads()), API, reads())
    scaffolds = [file.path for file in first if file.ownership is Ownership.SCAFFOLD]
    assert scaffolds == ["api/graphql/extensions.py"]


def test_names() -> None:
    assert [camel(name) for name in ("created_at", "line1", "id", "a__b")] == [
        "createdAt",
        "line1",
        "id",
        "a_B",
    ]
    assert [snake(name) for name in ("OrderItem", "SKUList", "order")] == ["order_item", "sku_list", "order"]
    assert [lower_first(name) for name in ("OrderItem", "SKU", "SKUList")] == ["orderItem", "sku", "skuList"]
    assert (python_name("class"), python_name("kind")) == ("class_", "kind")
    assert (enum_member("None"), enum_member("name"), enum_member("draft")) == ("None_", "name_", "draft")


def test_the_table_reads_filters_as_the_reads_say(shop: SystemIR) -> None:
    context = EmitContext(shop)
    known = {read.entity: read for read in context.queries.reads}
    view = Table(build_schema_tree(shop, shop.apis[0], known), known).view()
    query = {
        name: meaning
        for name, meaning, _ in next(each for each in view.objects if each.name == "Query").fields
    }
    assert "'customerId': ('customer', {'eq': ('uuid', False), 'in': ('uuid', True)})" in query["orders"]
    assert query["order"] == "Get('Order', (('id', 'uuid'),), 'ORDER_GET')"


@pytest.fixture
def shop_path(emitted: Path) -> Iterator[Path]:
    with importable(emitted):
        yield emitted


def test_strawberry_says_what_the_sdl_says(shop_path: Path) -> None:
    from api.graphql.schema import SCHEMA

    printed = print_schema(lexicographic_sort_schema(SCHEMA)) + "\n"
    assert printed == (shop_path / "api/documentation/schema.graphql").read_text(encoding="utf-8")


def test_strawberry_and_odd_names(emitted: Path, tmp_path: Path) -> None:
    """The small system has a member called `class` and an enum value called `None`; the service's own modules are the shop's."""
    out = tmp_path / "small"
    shutil.copytree(emitted, out, ignore=shutil.ignore_patterns("graphql"))
    write(out, files_of(SYSTEM, build_schema_tree(SYSTEM, API, reads()), API, reads()))
    with importable(out):
        from api.graphql.schema import SCHEMA

        assert print_schema(lexicographic_sort_schema(SCHEMA)) + "\n" == small_sdl()
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F", str(out / "api/graphql")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
