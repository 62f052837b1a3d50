"""Jinja2, held to thin templates.

A template may loop, test one boolean attribute, include a partial and apply a named filter; everything else is computed
in the emitter's `view.py`, where the type checker sees it (a test walks every template's syntax tree). Its first line
names its view: `{# view: bdc_emitters.service.view.ControllerView #}`.
"""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from bdc.output.template_cache import template_cache


def python_literal(value: object) -> str:
    """Filter `py`: the Python source of a plain value."""
    return repr(value)


def docstring(text: str) -> str:
    """Filter `docstring`: make text safe between triple double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return escaped + " " if escaped.endswith('"') else escaped


def one_line(text: str) -> str:
    """Filter `one_line`: fold all white space, for comments and table cells."""
    return " ".join(text.split())


_OPTIONS: dict[str, Any] = {
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
    "autoescape": False,  # no HTML is rendered from user input at run time; emitters escape what they put in pages
    "optimized": False,  # a constant is computed when it is shown, so that compiled code follows from source and options alone
}
FILTERS = {"py": python_literal, "docstring": docstring, "one_line": one_line}


class Templates:
    """The `.j2` files in the folder `templates/` of `package` (`bdc_emitters.service`)."""

    def __init__(self, package: str, folder: str = "templates") -> None:
        self._environment = _environment(package, folder)

    def render(self, name: str, view: Any, **more: Any) -> str:
        """Return template `name` filled from `view` (available as `view`); undefined names are errors."""
        text = self._environment.get_template(name).render(view=view, **more)
        return text.lstrip("\n")


@cache
def _environment(package: str, folder: str) -> Environment:
    environment = Environment(
        loader=PackageLoader(package, folder),
        undefined=StrictUndefined,
        bytecode_cache=template_cache(repr(_OPTIONS)),
        **_OPTIONS,
    )
    environment.filters.update(FILTERS)
    return environment
