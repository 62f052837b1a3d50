"""Values of native enums that are called otherwise are not lost, and others are."""

from bdc.plan import Operation
from bdc.verification.rows.keeping import Held, lost

_RENAME = Operation(
    id="1",
    group="1",
    file="01_expand.sql",
    title="",
    phase="expand",
    statements=("alter type public.shape rename value 'it''s flat' to 'level';",),
)


def _held(shape: str, shapes: list[str], word: str = "it's flat") -> Held:
    row = {"id": 1, "shape": shape, "shapes": shapes, "word": word}
    types = {"id": "integer", "shape": "shape", "shapes": "public.shape[]", "word": "text"}
    return Held({"public.probe": [row]}, {"public.probe": types})


def test_a_renamed_value_is_the_same_value_in_columns_and_lists() -> None:
    before = _held("it's flat", ["round", "it's flat"])
    assert lost(before, _held("level", ["round", "level"]), [_RENAME]) == ()
    assert lost(before, before, [_RENAME], back=True) == ()


def test_another_value_is_lost() -> None:
    before = _held("it's flat", ["round", "it's flat"])
    assert lost(before, _held("round", ["round", "level"]), [_RENAME])
    assert lost(before, _held("level", ["round", "level"], "level"), [_RENAME])
    assert lost(before, before, [_RENAME])
