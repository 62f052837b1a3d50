"""The grammar is unambiguous for an LALR parser, and its tables survive being kept."""

import logging
from pathlib import Path

import pytest
from lark import Lark, logger

from bdc.diagnostics import DiagnosticSink
from bdc.source import SourceFile
from bdc.syntax import grammar, parse
from bdc_grammar import grammar_text


def test_the_grammar_has_no_conflict(caplog: pytest.LogCaptureFixture) -> None:
    """Lark resolves shift/reduce conflicts silently, as shift; only its log tells."""
    caplog.set_level(logging.DEBUG, logger=logger.name)
    before, logger.level = logger.level, logging.DEBUG
    logger.addHandler(caplog.handler)
    try:
        Lark(grammar_text(), parser="lalr", lexer="basic", debug=True)
        assert [record.getMessage() for record in caplog.records if "onflict" in record.getMessage()] == []
        Lark('start: a "x"? "x"?\na: "y" "x"?', parser="lalr", lexer="basic", debug=True)
        assert any("onflict" in record.getMessage() for record in caplog.records), (
            "the log would not have told"
        )
    finally:
        logger.removeHandler(caplog.handler)
        logger.level = before


def test_kept_tables_parse_like_built_ones_and_cut_ones_are_built_anew(tmp_path: Path) -> None:
    text = "bds 1\nentity A { x: int(1..3) = 1 @id  check c (x > 1) }\n"
    trees = []
    for _ in range(3):
        tables = grammar.load_grammar(tmp_path)
        grammar.BUILDER.file, grammar.BUILDER.sink = "x.bds", DiagnosticSink()
        trees.append(repr(tables.parse(text)[1:]))
        (kept,) = tmp_path.glob("*.packed")
        if len(trees) == 2:
            kept.write_bytes(kept.read_bytes()[:1000])
    assert trees[0] == trees[1] == trees[2]
    assert kept.stat().st_size > 1000 and [kept] == list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grammar, "_build", grammar.grammar)
    assert grammar.load_grammar(tmp_path / "missing") is not None


def test_every_rule_has_its_builder() -> None:
    """A rule without a method would leave a tree of Lark's in ours."""
    lark = grammar.grammar()
    names = {str(rule.alias or rule.options.template_source or rule.origin.name) for rule in lark.rules}
    inlined = {str(rule.origin.name) for rule in lark.rules if rule.options.expand1 and not rule.alias}
    missing = {
        name for name in names - inlined if not name.startswith("_") and not hasattr(grammar.BUILDER, name)
    }
    assert missing == set()


def test_two_files_do_not_share_spans() -> None:
    sink = DiagnosticSink()
    trees = [parse(SourceFile(path, "bds 1\nrole member\n"), sink) for path in ("a.bds", "b.bds")]
    assert [tree.declarations[0].span.file for tree in trees] == ["a.bds", "b.bds"]


def test_tokens_are_those_of_larks_lexer() -> None:
    """Whole texts and damaged ones: types, texts, places and lines."""
    from lark import Token

    from bdc.syntax.lexemes import _read

    def seen(token: Token) -> tuple[object, ...]:
        return token.type, str(token), token.start_pos, token.end_pos, token.line, token.end_line

    lark = grammar.grammar()
    for path in sorted((Path(__file__).parents[1] / "systems").rglob("*.bds"))[::4]:
        whole = path.read_text(encoding="utf-8")
        for text in (whole, whole[:-40] + '"', whole[:500] + '"""' + whole[500:], "😀\n" + whole[:300] + "{"):
            lexed = lark.parse_interactive(text)
            theirs = lexed.lexer_thread.lex(lexed.parser_state)  # type: ignore[no-untyped-call]
            assert list(map(seen, _read(lark, text))) == list(map(seen, theirs)), path
