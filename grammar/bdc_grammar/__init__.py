"""The grammar of `.bds` as data: `bds.lark`, read by `bdc.syntax`, and a TextMate grammar for editors. Imports nothing."""

from importlib.resources import files


def grammar_text() -> str:
    """Return the Lark grammar."""
    return files(__name__).joinpath("bds.lark").read_text(encoding="utf-8")
