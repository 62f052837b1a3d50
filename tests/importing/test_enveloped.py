"""Documents whose answers all stand in one member: rows come in it, and a client of the document gets them so."""

from pathlib import Path

import pytest
import yaml

from bdc.importing.described import describe
from bdc.importing.draft import Settled
from bdc.importing.openapi.load import document
from tests.importing.accounts import accounted
from tests.support.emitted import build, run_tests

SHELTER = Path(__file__).with_name("shelter.yaml")


def _imported(tmp_path: Path, *changes: tuple[str, str]) -> Settled:
    text = SHELTER.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = tmp_path / "shelter.yaml"
    file.write_text(text, encoding="utf-8")
    assert document(file.read_bytes())[0]["paths"]
    return describe(str(file), "shelter", None)


def test_answers_stand_in_their_member(tmp_path: Path) -> None:
    found = _imported(tmp_path)
    for line in (
        "envelope: answers",
        "update: PUT",
        "created: 200",
        "deleted: 200",
        'resource Animal at "/animals" @envelope("data", "data")',
        "ops list, get, create, update, delete",
    ):
        assert line in found.text, found.text
    told = dict(found.told)
    assert told["POST /animals"] == "`create` of a resource; an optional member without a value is null"
    assert told["DELETE /animals/{id}"] == "`delete` of a resource; as the document says"
    accounted(found)


def test_bodies_may_stand_in_it_too(tmp_path: Path) -> None:
    """A body is given as the document says it: with the member around it where each body has it."""
    bare = 'schema: { $ref: "#/components/schemas/NewAnimal" }'
    wrapped = 'schema: { type: object, properties: { data: { $ref: "#/components/schemas/NewAnimal" } } }'
    found = _imported(tmp_path, (bare, wrapped))
    assert "envelope: true" in found.text and "input create { name, kind, shortNote? }" in found.text, (
        found.text
    )
    accounted(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('data: { type: array', 'rows: { type: array'),
        ('required: [data]', 'required: [data, meta]'),
    ],
)  # fmt: skip
def test_another_member_is_named(tmp_path: Path, old: str, new: str) -> None:
    """Where one answer has another member, nothing stands in one; a member beside it is told."""
    more = (
        '        data: { $ref: "#/components/schemas/Animal" }',
        '        data: { $ref: "#/components/schemas/Animal" }\n        meta: { type: string }',
    )
    found = _imported(tmp_path, (old, new), more)
    if old.startswith("data"):
        assert "envelope" not in found.text
    else:
        assert "answers with `data` alone, the document adds `meta`" in dict(found.told)["GET /animals/{id}"]
    accounted(found)


@pytest.mark.postgres
def test_its_own_tests_pass(tmp_path: Path) -> None:
    spec = tmp_path / "spec"
    spec.mkdir()
    (spec / "shelter.bds").write_text(_imported(tmp_path).text, encoding="utf-8")
    out = build(spec, tmp_path / "out")
    made = yaml.safe_load((out / "api/documentation/openapi.json").read_text(encoding="utf-8"))["paths"]
    assert (
        set(made["/v1/animals/{id}"]) >= {"get", "put", "delete"} and "patch" not in made["/v1/animals/{id}"]
    )
    assert {"200"} == {each for each in made["/v1/animals"]["post"]["responses"] if each.startswith("2")}
    run_tests(out).require_all_passed()
