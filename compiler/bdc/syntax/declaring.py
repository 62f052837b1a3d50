"""Words that begin a declaration in other languages (`model`, `service`, `rules`), and the word that begins it here."""

from lark import Token

from bdc.diagnostics.elsewhere import DECLARATIONS as FOREIGN
from bdc.diagnostics.elsewhere import DECLARED_ELSEWHERE
from bdc.diagnostics.suggest import did_you_mean
from bdc.source import SourceFile
from bdc.syntax.automaton import Automaton
from bdc.syntax.brackets import DECLARATIONS, is_word
from bdc.syntax.errors import NotADeclaration
from bdc.syntax.expected import block
from bdc.syntax.lexemes import describe, token_span
from bdc.syntax.repair_types import Repair


def declaring(token: Token) -> str | None:
    """Return the word that was probably meant by a token where a declaration should begin; None when nothing is near."""
    if not is_word(token) or str(token).lower() in DECLARED_ELSEWHERE:
        return None
    return FOREIGN.get(str(token).lower()) or did_you_mean(
        str(token), [word.lower() for word in DECLARATIONS]
    )


def foreign_declaration(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: dict[int, int]
) -> Repair | None:
    """`model User { … }`: read as what it is called here, so that what it holds is checked too."""
    token = tokens[at]
    word = FOREIGN.get(str(token).lower())
    if word is None or not is_word(token) or block(automaton.values) is not None:
        return None
    fed = Token(word.upper(), word, start_pos=token.start_pos, end_pos=token.start_pos, line=token.line)
    if automaton.takes((fed, tokens[at + 1])) < 2:
        return None
    return Repair(NotADeclaration(token_span(file, token), describe(token), word), (fed,), at + 1)
