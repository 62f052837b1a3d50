"""A function that is laid out says the same: nothing but space outside of constants differs."""

import re

import pytest

from bdc.ddl.layout import laid_out, long_lines_laid_out
from bdc_emitters.postgres.release import parameters_joined

QUOTED = re.compile(r"('(?:[^']|'')*'|\"[^\"]*\")")
LONG = " and a.name = 'x  y'" * 8
SCRIPTS = (
    f"create function f() language sql as $function$\n  select (select 1 from a where true{LONG}) from b{LONG};\n$function$;",
    f"  INSERT INTO a (b) SELECT 'it''s  from  here', (SELECT x FROM y LIMIT 1){LONG} ON CONFLICT DO NOTHING;",
)
# Constants in dollars, escaped quotes, a comment, constants over several lines.
LEFT_ALONE = (
    f"  perform $x$ a  from b $x${LONG};",
    f"  perform E'it\\'s  from b'{LONG};",
    f"  perform 1{LONG}; -- it is so",
    f"  perform 'one{' two from three' * 9}\n  and  more from it{' ' * 120}';",
)


def tokens(text: str) -> list[str]:
    parts = QUOTED.split(text)
    return [part if at % 2 else " ".join(part.split()) for at, part in enumerate(parts)]


@pytest.mark.parametrize("text", SCRIPTS)
def test_only_space_differs(text: str) -> None:
    out = long_lines_laid_out(text)
    assert out != text
    assert re.sub(r"\s", "", "".join(tokens(out))) == re.sub(r"\s", "", "".join(tokens(text)))
    assert QUOTED.split(out)[1::2] == QUOTED.split(text)[1::2]
    assert max(map(len, out.splitlines())) < 140


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_cannot_be_taken_apart_is_left_alone(text: str) -> None:
    assert long_lines_laid_out(text) == text


def test_a_quote_that_is_not_closed_is_left_alone() -> None:
    text = f"select 'a from b{LONG}"
    assert laid_out(text) == text


def test_parameters_stand_on_as_few_lines_as_hold_them() -> None:
    several = [f"p_number_{number} numeric(12, 2)" for number in range(9)]
    text = (
        "CREATE FUNCTION app.f(\n  "
        + ",\n  ".join(several)
        + "\n)\nLANGUAGE plpgsql AS $function$\nf(\n  a\n)\n"
    )
    out = parameters_joined(text)
    assert out.split() == text.split() and max(map(len, out.splitlines())) <= 105
    assert out.count("\n") == text.count("\n") - 6
    for alone in ("CREATE FUNCTION app.f()\nLANGUAGE sql;", "select f(\n  a\n);"):
        assert parameters_joined(alone) == alone
