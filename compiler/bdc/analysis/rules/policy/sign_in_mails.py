"""Mails of sign-in take a token and what the row of the caller says, and a login that was proved is kept in a field."""

from collections.abc import Iterator

from bdc import ir
from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.sign_in import BadSignIn
from bdc.model.nodes.entity import Entity, ScalarField
from bdc.model.nodes.job import Job
from bdc.model.nodes.policy import SignIn, Word
from bdc.model.nodes.values import Entry
from bdc.model.typing.types import is_text

RECIPIENT, TOKEN = "to", "token"
_TOKEN_LENGTH = 43
_KINDS = (ir.Scalar.BOOL, ir.Scalar.TIMESTAMP)


def sign_in_mails(model: Model) -> Iterator[Fact]:
    identity = model.identity
    if identity is None or identity.sign_in is None:
        return
    found, entity = identity.sign_in, model.entities[identity.entity]
    for setting, word in (("reset", found.reset), ("verify", found.verify)):
        if word is not None:
            yield from _mail(model, entity, setting, word)
    if found.reset is not None and found.verify is not None and found.reset.text == found.verify.text:
        remedy = "declare two mails: each has a token for one purpose"
        yield BadSignIn(f"`{found.verify.text}` would be for both", remedy, found.verify.span)
    yield from _verified(entity, found)


def _mail(model: Model, entity: Entity, setting: str, word: Word) -> Iterator[Fact]:
    job = next((each for each in model.jobs if each.name == word.text), None)
    if job is None:
        return
    if job.mail is None:
        remedy = f"write `mail {word.text}(to: string(3..254), token: string(43..43)) {{ … }}`"
        yield BadSignIn(f"`{word.text}` is a job that sends no mail", remedy, word.span)
        return
    token = next((each for each in job.parameters if each.name == TOKEN), None)
    if token is None or not _takes_token(token):
        remedy = f"write `mail {word.text}(to: string(3..254), token: string(43..43))`"
        yield BadSignIn(f"`{word.text}` takes no `token` of 43 characters", remedy, word.span)
    yield from _members(entity, setting, word, job)


def _takes_token(entry: Entry) -> bool:
    if not isinstance(entry.type, ir.ScalarType) or not is_text(entry.type):
        return False
    low, high = entry.type.min_length, entry.type.max_length
    return (low is None or low <= _TOKEN_LENGTH) and (high is None or high >= _TOKEN_LENGTH)


def _members(entity: Entity, setting: str, word: Word, job: Job) -> Iterator[Fact]:
    """Everything else is a field of the caller, of the same name and type."""
    for each in job.parameters:
        if each.name in (RECIPIENT, TOKEN):
            continue
        field = entity.find(each.name)
        if not isinstance(field, ScalarField) or not _same(field.type, each.type) or field.encrypted:
            why = f"`{each.name}` of mail `{word.text}` is no field of `{entity.name}` that `{setting}` could give"
            yield BadSignIn(why, "name a field and its type, or leave the parameter out", each.span)
        elif field.nullable and not each.nullable:
            remedy = f"write `{each.name}: …?`: the field may be null"
            yield BadSignIn(f"`{each.name}` of mail `{word.text}` may be null", remedy, each.span)


def _same(one: ir.Type, other: ir.Type) -> bool:
    if isinstance(one, ir.ScalarType) and isinstance(other, ir.ScalarType):
        return one.scalar is other.scalar or (is_text(one) and is_text(other))
    return isinstance(one, ir.EnumType) and isinstance(other, ir.EnumType) and one.name == other.name


def _verified(entity: Entity, found: SignIn) -> Iterator[Fact]:
    if found.verify is None and found.verified is not None:
        yield BadSignIn(
            "`verified` is kept, and no mail asks for it", "write `verify: …`", found.verified.span
        )
    if found.verify is None:
        return
    if found.verified is None:
        remedy = "add a field such as `verified: bool = false`, and write `verified: verified`"
        yield BadSignIn("nothing keeps that a login was proved", remedy, found.verify.span)
        return
    field = entity.find(found.verified.text)
    if not _keeps(field):
        remedy = (
            f"name a field of `{entity.name}` such as `verified: bool = false` or `verified_at: timestamp?`"
        )
        yield BadSignIn(
            f"`{found.verified.text}` cannot keep that a login was proved", remedy, found.verified.span
        )
    elif any(name == found.verified.text for name, _ in found.sign_up or ()):
        remedy = f"take `{found.verified.text}` out of `sign_up`"
        yield BadSignIn(f"callers give `{found.verified.text}` themselves", remedy, found.verified.span)


def _keeps(field: object) -> bool:
    if not isinstance(field, ScalarField) or field.encrypted or field.immutable or field.stamp is not None:
        return False
    if not isinstance(field.type, ir.ScalarType) or field.type.scalar not in _KINDS:
        return False
    return field.type.scalar is ir.Scalar.BOOL or field.nullable
