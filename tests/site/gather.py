"""Which page comes from where, and links that follow their pages."""

import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, normpath, relpath

from tests.site.reference import generated

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = "https://github.com/bdc-lang/bdc/blob/main"
_LINK = re.compile(r"(?<!\!)\[([^\]]*)\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def sources() -> dict[str, Path]:
    """Return page → file of everything that is written by hand."""
    specs = ROOT / "specs"
    found = {path.name: path for path in (specs / "site").glob("*.md")}
    found |= {f"howto/{path.name}": path for path in specs.glob("*.md") if path.name != "README.md"}
    found |= {f"reference/language/{path.name}": path for path in (specs / "language").glob("*.md")}
    found |= {f"explanation/decisions/{path.name}": path for path in (specs / "decisions").glob("*.md")}
    found |= {
        f"reference/codes/{path.name}": path for path in (specs / "bdc_specs" / "diagnostics").glob("*.md")
    }
    return found | {"changelog.md": ROOT / "CHANGELOG.md"}


def pages() -> Iterator[tuple[str, str]]:
    """Yield every page of the site, written and generated, with its links settled."""
    written = sources()
    places = {path.relative_to(ROOT).as_posix(): page for page, path in written.items()}
    for page, path in written.items():
        yield (
            page,
            relinked(path.read_text(encoding="utf-8"), page, path.relative_to(ROOT).as_posix(), places),
        )
    yield from generated()


def relinked(text: str, page: str, source: str, places: dict[str, str]) -> str:
    """Let relative links lead to pages of the site, or else to the file in the repository."""
    kept: list[str] = []

    def hide(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\0{len(kept) - 1}\0"

    def follow(found: re.Match[str]) -> str:
        words, target = found.groups()
        if "://" in target or target.startswith(("#", "mailto:")) or source.startswith("specs/site/"):
            return found[0]
        path, _, anchor = target.partition("#")
        file = normpath(f"{dirname(source)}/{path}")
        known = places.get(file) or places.get(f"{file}/README.md")
        led = relpath(known, dirname(page) or ".") if known else f"{REPOSITORY}/{file}"
        return f"[{words}]({led}{f'#{anchor}' if anchor and known else ''})"

    hidden = _CODE.sub(hide, text)
    linked = _LINK.sub(follow, hidden)
    return re.sub("\0(\\d+)\0", lambda found: kept[int(found[1])], linked)
