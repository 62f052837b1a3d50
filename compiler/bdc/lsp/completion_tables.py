"""What completion offers by place: words, attributes, and the arguments of attributes."""

from lsprotocol import types as lsp

from bdc.model import attributes as known_attributes

MEMBERS = ("entity", "mixin", "struct", "view", "error", "event")
TYPE_KINDS = ("entity", "enum", "struct", "type", "view")
ACTIONS = ("read", "create", "update", "delete")
DECLARATIONS = [
    "type",
    "enum",
    "struct",
    "mixin",
    "entity",
    "view",
    "machine",
    "error",
    "event",
    "identity",
    "role",
    "policy",
    "api",
    "external",
    "job",
    "mail",
    "webhooks",
    "audit",
    "stream",
    "source",
    "consume",
    "load",
    "deploy",
    "seed",
    "test",
    "sql",
    "use",
    "dropped",
]
ATTRIBUTES: dict[str, dict[str, str]] = {
    "entity": known_attributes.ENTITY,
    "mixin": {},
    "view": known_attributes.VIEW,
    "enum": known_attributes.ENUM,
    "struct": known_attributes.STRUCT,
    "type": known_attributes.ALIAS,
    "op": known_attributes.OPERATION,
    "index": known_attributes.INDEX,
    "unique": known_attributes.UNIQUE,
    "check": known_attributes.CHECK,
    "exclude": known_attributes.EXCLUDE,
    "partition": known_attributes.PARTITION,
    "module": known_attributes.STYLE,
}
ARGUMENTS = {
    "on_delete": ("restrict", "cascade", "set_null", "set_default", "no_action"),
    "on_update": ("restrict", "cascade", "set_null", "set_default", "no_action"),
    "deferrable": ("deferred", "immediate"),
    "match": ("full",),
    "identity": ("by_default", "always"),
    "stamp": ("created", "touched", "deleted", "version"),
    "format": ('"email"', '"uri"'),
    "names": ("postgres",),
    "partition": ("range", "list", "hash"),
}
KINDS = {
    "entity": lsp.CompletionItemKind.Class,
    "view": lsp.CompletionItemKind.Class,
    "enum": lsp.CompletionItemKind.Enum,
    "value": lsp.CompletionItemKind.EnumMember,
    "field": lsp.CompletionItemKind.Field,
    "claim": lsp.CompletionItemKind.Field,
    "parameter": lsp.CompletionItemKind.Variable,
    "operation": lsp.CompletionItemKind.Method,
    "mixin": lsp.CompletionItemKind.Interface,
    "struct": lsp.CompletionItemKind.Struct,
    "role": lsp.CompletionItemKind.Keyword,
    "error": lsp.CompletionItemKind.Event,
    "event": lsp.CompletionItemKind.Event,
}
