"""Templates → text. They are sandboxed: no other template, no functions, no attributes that lead out. Values are escaped in HTML."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.mail.engine.declared import TEMPLATES, Mail


@dataclass(frozen=True, slots=True)
class Written:
    """A mail with its values. `html` '': there is no such part."""

    subject: str
    text: str
    html: str


def _environment(*, html: bool) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        autoescape=html, finalize=lambda value: "" if value is None else value
    )
    made.globals.clear()
    return made


_PLAIN, _HTML = _environment(html=False), _environment(html=True)


def write(mail: Mail, values: dict[str, Any]) -> Written:
    """Return what the mail says of `values`. Raises what templates raise."""
    return Written(
        _template(mail.subject, html=False).render(values),
        _file(mail.text, html=False).render(values),
        _file(mail.html, html=True).render(values) if mail.html else "",
    )


@cache
def _template(text: str, *, html: bool) -> Template:
    return (_HTML if html else _PLAIN).from_string(text)


@cache
def _file(name: str, *, html: bool) -> Template:
    return _template((TEMPLATES / name).read_text(encoding="utf-8"), html=html)
