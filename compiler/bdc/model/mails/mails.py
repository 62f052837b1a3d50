"""`mail Welcome(to: string(3..200)) { from: … subject: … text: "mails/welcome.txt" html: "mails/welcome.html" }`.

A mail is a job that sends a message. In goes its declaration with its parameters, out comes what the message says. A file that this
reading does not have (an editor that holds only texts) leaves the template unjudged.
"""

from bdc import ir
from bdc.model.apis.readers import told
from bdc.model.context import ResolveContext
from bdc.model.errors.mails import UnfitMail
from bdc.model.nodes.job import Mail
from bdc.model.nodes.values import Entry
from bdc.model.typing.types import is_text
from bdc.source import Span
from bdc.syntax import ast

SETTINGS = ("from", "subject", "text", "html")
RECIPIENT = "to"
_FILES = ("text", "html")


def resolve_mail(context: ResolveContext, declared: ast.JobDecl, taken: tuple[Entry, ...]) -> Mail | None:
    """Return what a mail says; None where it cannot be sent (reported)."""
    name = declared.name.text
    entries = {each.name.text: each for each in declared.items if isinstance(each, ast.Entry)}
    missing = [each for each in SETTINGS[:3] if each not in entries]
    if missing:
        context.report(_missing(declared, missing[0]))
    if not _has_recipient(context, declared, taken):
        return None
    if missing:
        return None
    sender = _sender(context, entries["from"])
    subject = _literal(context, entries["subject"])
    files = {kind: _file(context, declared, entries[kind]) for kind in _FILES if kind in entries}
    if sender is None or subject is None or None in files.values():
        return None
    kinds = {each.name: each for each in taken}
    _judge(context, name, subject, kinds, "subject", entries["subject"].value.span)
    for kind, text in files.items():
        if text is not None:
            _judge(context, name, text, kinds, kind, entries[kind].value.span)
    return Mail(sender, subject, files["text"] or "", files.get("html"), declared.name.span)


def _missing(declared: ast.JobDecl, setting: str) -> UnfitMail:
    name, file = declared.name.text, declared.name.text.lower()
    usage = {
        "from": 'from: env("MAIL_FROM")',
        "subject": 'subject: "Welcome"',
        "text": f'text: "mails/{file}.txt"',
    }
    return UnfitMail(f"mail `{name}` has no `{setting}`", "", f"write `{usage[setting]}`", declared.name.span)


def _has_recipient(context: ResolveContext, declared: ast.JobDecl, taken: tuple[Entry, ...]) -> bool:
    name = declared.name.text
    known = next((each for each in taken if each.name == RECIPIENT), None)
    rows = [each for each in taken if each.refers is not None]
    for each in rows:
        what = f"mail `{name}` takes a row, `{each.row}`"
        help_ = "take what the message says of it, such as `name: string(1..80)`"
        context.report(UnfitMail(what, "a message is of values", help_, each.span))
    if known is None:
        what = f"mail `{name}` has no recipient"
        help_ = f"take its address: `mail {name}(to: string(3..254))`"
        context.report(UnfitMail(what, "no parameter `to`", help_, declared.name.span))
    elif not is_text(known.type) or known.nullable:
        help_ = "write `to: string(3..254)`"
        context.report(
            UnfitMail(f"`to` of mail `{name}` is no address", "expected a text", help_, known.span)
        )
    else:
        return not rows
    return False


def _sender(context: ResolveContext, entry: ast.Entry) -> ir.DeployText | None:
    found = (told("from", is_sender)(entry.value) or {}).get("from")
    if isinstance(found, ir.DeployText):
        return found
    help_ = 'write `from: env("MAIL_FROM")`, or `from: "Shop <shop@example.com>"`'
    context.report(UnfitMail("`from` is no address", "not an address", help_, entry.value.span))
    return None


def is_sender(text: str) -> bool:
    """Say whether a text is an address, with or without a name before it."""
    # not loaded for the systems that send none
    from email.errors import MessageError
    from email.headerregistry import Address
    from email.utils import parseaddr

    name, address = parseaddr(text)
    if not text.isprintable() or not address or "," in name:
        return False
    try:
        made = Address(addr_spec=address)
    except (MessageError, ValueError, IndexError):
        return False
    return bool(made.username and "." in made.domain)


def _literal(context: ResolveContext, entry: ast.Entry) -> str | None:
    if isinstance(entry.value, ast.StringLiteral) and entry.value.value.strip():
        return entry.value.value
    setting = entry.name.text
    usage = {"subject": '"Welcome, {{ name }}"'}.get(
        setting, f'"mails/welcome.{"html" if setting == "html" else "txt"}"'
    )
    context.report(
        UnfitMail(
            f"`{setting}` is no text", "expected a text", f"write `{setting}: {usage}`", entry.value.span
        )
    )
    return None


def _file(context: ResolveContext, declared: ast.JobDecl, entry: ast.Entry) -> str | None:
    """Return the text of a template; '' where files were not looked for."""
    name = _literal(context, entry)
    if name is None:
        return None
    file = next(tree.file for tree in context.names.trees if tree.file.path == declared.span.file)
    if file.beside is None:
        return ""
    found = dict(file.beside).get(name)
    if found is None:
        help_ = f"put the file beside `{file.path}`, or below it, and name it from there"
        context.report(UnfitMail(f"there is no file `{name}`", "not found", help_, entry.value.span))
    return found


def _judge(
    context: ResolveContext, mail: str, text: str, kinds: dict[str, Entry], setting: str, span: Span
) -> None:
    from bdc.model.mails.templates import fault  # and with it Jinja

    found = fault(text, kinds, html=setting == "html", enums=context.enums)
    if found is not None:
        what = f"the {setting} of mail `{mail}` cannot be written"
        context.report(UnfitMail(what, found.why, found.help, span))
