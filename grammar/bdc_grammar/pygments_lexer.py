"""A Pygments lexer of `.bds`, for documents that show specifications. Pygments finds it by the entry point `bds`."""

from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups, using
from pygments.lexers.sql import PostgresLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text

_DECLARATIONS = (
    "bds|module|use|type|enum|struct|mixin|entity|view|machine|error|event|identity|role|policy|api|external|job|mail|webhooks|audit|stream|source|consume|load|deploy|seed|"
    "test|dropped"
)
_MEMBERS = (
    "resource|op|ops|page|filter|search|nearest|sort|expand|show|input|list|before|after|auth|limit|graphql|profile|errors|emits|emit|enqueue|cancel|calls|call|set|require|update|delete|create|put|remove|scope|allow|deny|field|bearer|api_key|"
    "claim|password|issue|sign_up|active|member|roles|id|unique|index|check|exclude|partition|service|database|given|as|do|receive|expect|run"
)
_WORDS = "with|refresh|extends|to|via|when|because|by|per|at|on|from|using|and|or|not|in|where|if|then|else|exists|every"


class BdsLexer(RegexLexer):  # type: ignore[misc]
    """Colours declarations, members, types, attributes, values, and SQL between triple quotes."""

    name = "BDS"
    aliases: ClassVar[list[str]] = ["bds"]
    filenames: ClassVar[list[str]] = ["*.bds"]
    tokens: ClassVar[dict[str, list[object]]] = {
        "root": [
            (r"///(?!/).*$", String.Doc),
            (r"//.*$", Comment.Single),
            (r'(""")([\s\S]*?)(""")', bygroups(String, using(PostgresLexer), String)),
            (r'r"[^"\n]*"', String.Regex),
            (r'"(\\.|[^"\\\n])*"?', String),
            (rf"^({_DECLARATIONS})\b", Keyword.Declaration),
            (rf"^(\s+)({_MEMBERS})\b(?!\s*:)", bygroups(Text, Keyword)),
            (r"@[A-Za-z_][\w.]*", Name.Decorator),
            (r"\b[A-Za-z_]\w*(?=\s*:)", Name.Attribute),
            (rf"\b({_WORDS})\b", Keyword),
            (r"\b(true|false|null)\b", Keyword.Constant),
            (r"\b[A-Z]\w*\b", Name.Class),
            (r"\b\d[\d_]*(\.\d+)?([A-Za-z]+\b|%)?", Number),
            (r"[A-Za-z_]\w*", Name),
            (r"->|\.\.|==|!=|<=|>=|[<>=+*/|?-]", Operator),
            (r"[{}()\[\],.:]", Punctuation),
            (r"\s+", Text),
        ]
    }
