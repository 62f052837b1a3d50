"""Schemas and extensions."""

from collections.abc import Iterator

from bdc.catalog import Extension, Schema
from bdc.ddl.names import Name, quote
from bdc.plan.compare import Change, rights
from bdc.plan.context import Context
from bdc.plan.making import key
from bdc.plan.operation import Hazard, Refusal
from bdc.plan.operations.rights.rights import grant_texts, plan_rights, revoke_texts
from bdc.plan.operations.tables.comments import object_comment
from bdc.plan.step import Step


def plan_schema(context: Context, change: Change) -> Iterator[Step | Refusal]:
    old, new = change.old, change.new
    if new is None:
        yield _drop(old)
        return
    before = old or Schema(name=new.name)
    if old is None:
        yield _create(new)
    else:
        yield from plan_rights(_target(new), new.name, _rights(before, new), 11)
        yield from object_comment("schema", Name(new.name), before.comment, new.comment)


def _rights(old: Schema, new: Schema) -> Iterator[Change]:
    named = [each.model_copy(update={"name": Name(each.name)}) for each in (old, new)]
    return rights(*named)


def _target(schema: Schema) -> str:
    return f"schema {quote(schema.name)}"


def _create(schema: Schema) -> Step:
    """`public` is there in every database."""
    made = () if schema.name == "public" else (f"create schema {quote(schema.name)};",)
    gone = tuple(revoke_texts(_target(schema), schema.rights)) if schema.name == "public" else ()
    return Step(
        key=key("create-schema", schema.name),
        title=f"Schema {schema.name}",
        phase="expand",
        rank=10,
        statements=(*made, *grant_texts(_target(schema), schema.rights)),
        makes=frozenset({f"schema {schema.name}"}),
        undo=(*gone, *(f"drop schema {quote(schema.name)};" for _ in made)),
    )


def _drop(schema: Schema) -> Step:
    rights_back = tuple(grant_texts(_target(schema), schema.rights))
    if schema.name == "public":
        taken = tuple(revoke_texts(_target(schema), schema.rights))
        return Step(
            key=key("close-schema", schema.name),
            title="Rights on schema public are taken",
            phase="contract",
            rank=5,
            statements=taken,
            undo=rights_back,
        )
    return Step(
        key=key("drop-schema", schema.name),
        title=f"Schema {schema.name} goes",
        phase="contract",
        rank=90,
        statements=(f"drop schema {quote(schema.name)};",),
        undo=(f"create schema {quote(schema.name)};", *rights_back),
        hazards=(Hazard(code="DROP_SCHEMA", object=schema.name, message="it has to be empty"),),
    )


def plan_extension(context: Context, change: Change) -> Iterator[Step | Refusal]:
    old, new = change.old, change.new
    if new is None:
        yield _extension_step("drop", old, "contract", 85, _drop_text(old), _create_text(old))
    elif old is None:
        yield _extension_step("create", new, "expand", 12, _create_text(new), _drop_text(new))
    elif new.schema_name is not None:
        move = f"alter extension {quote(new.name)} set schema"
        back = f"{move} {quote(old.schema_name or 'public')};"
        yield _extension_step("move", new, "expand", 13, f"{move} {quote(new.schema_name)};", back)


def _create_text(extension: Extension) -> str:
    place = f" schema {quote(extension.schema_name)}" if extension.schema_name else ""
    return f"create extension if not exists {quote(extension.name)}{place};"


def _drop_text(extension: Extension) -> str:
    return f"drop extension {quote(extension.name)};"


def _extension_step(
    verb: str, extension: Extension, phase: str, rank: int, statement: str, back: str
) -> Step:
    return Step(
        key=key(f"{verb}-extension", extension.name),
        title=f"Extension {extension.name}",
        phase="contract" if phase == "contract" else "expand",
        rank=rank,
        statements=(statement,),
        undo=(back,),
    )
