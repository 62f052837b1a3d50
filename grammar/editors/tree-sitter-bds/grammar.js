// Structure for editors: blocks, items, attributes and expressions. It accepts more than the compiler: `bds.lark` is the language.
const list = (rule) => seq(rule, repeat(seq(",", rule)), optional(","));

module.exports = grammar({
  name: "bds",
  extras: ($) => [/\s|\ufeff/, $.comment],
  word: ($) => $.name,
  rules: {
    file: ($) => repeat($._item),
    _item: ($) =>
      choice($.documentation, $.keyword, $.path, $.block, $.list, $.arguments, $.attribute, $.number, $._text, $.operator),
    documentation: () => token(prec(2, /\/\/\/[^\n]*/)),
    comment: () => token(/\/\/[^\n]*/),
    keyword: () =>
      choice(
        "bds", "module", "use", "type", "enum", "struct", "mixin", "entity", "view", "machine", "error", "event", "identity",
        "role", "policy", "api", "external", "job", "mail", "webhooks", "audit", "stream", "source", "consume", "load", "deploy", "seed", "test", "resource", "op", "ops", "page", "filter",
        "search", "nearest", "sort", "expand", "show", "input", "list", "before", "after", "auth", "limit", "graphql", "profile", "errors", "emits", "emit", "enqueue", "cancel", "calls", "call", "compensate", "set", "require", "update", "delete", "create", "put", "remove", "scope", "allow", "deny",
        "field", "claim", "password", "issue", "sign_up", "active", "member", "refresh", "unique", "index", "check", "exclude", "partition", "dropped", "with", "extends", "to", "via", "when",
        "because", "and", "or", "not", "in", "where", "if", "then", "else", "exists", "every", "sql",
      ),
    block: ($) => seq("{", repeat(choice($._item, ",")), "}"),
    list: ($) => seq("[", optional(list(repeat1($._item))), "]"),
    arguments: ($) => seq("(", repeat(choice($._item, ",")), ")"),
    attribute: ($) => prec.right(seq("@", $.path, optional($.arguments))),
    path: ($) => prec.left(seq($.name, repeat(seq(".", $.name)))),
    name: () => /[A-Za-z_][A-Za-z0-9_]*/,
    number: () => token(/[0-9][0-9_]*(\.[0-9]+)?([A-Za-z]+|%)?/),
    _text: ($) => choice($.long_string, $.raw_string, $.string),
    long_string: () => token(seq('"""', /([^"]|"[^"]|""[^"])*/, '"""')),
    raw_string: () => token(/r"[^"\n]*"/),
    string: () => token(/"(\\.|[^"\\\n])*"/),
    operator: () => choice("->", "..", "==", "!=", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "|", "?", ":"),
  },
});
