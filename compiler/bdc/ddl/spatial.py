"""Types of PostGIS on a server that has a stand-in for them.

They say what they hold (`geometry(Point,4326)`), which only PostGIS's own code can read. With the stand-in it is a number: `encoded` puts it
into SQL that is run there, `decoded` takes it out of what its catalog says.
"""

import re

_SHAPES = (
    "Geometry",
    "Point",
    "LineString",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
    "CircularString",
    "CompoundCurve",
    "CurvePolygon",
    "MultiCurve",
    "MultiSurface",
    "PolyhedralSurface",
    "Triangle",
    "Tin",
)
_KINDS = tuple(shape + suffix for shape in _SHAPES for suffix in ("", "Z", "M", "ZM"))
_NUMBERS = {kind.lower(): number for number, kind in enumerate(_KINDS)}
_SPACE = 1_000_000  # identifiers of reference systems are smaller
_SAID = re.compile(r"\b(geometry|geography)\s*\(\s*([A-Za-z]+)\s*(?:,\s*(\d{1,6})\s*)?\)", re.IGNORECASE)
_NUMBERED = re.compile(r"\b(geometry|geography)\((\d+)\)")


def encoded(sql: str) -> str:
    """Return SQL with the modifiers of PostGIS's types as the stand-in takes them."""
    return _SAID.sub(_numbered, sql) if "geo" in sql.lower() else sql


def decoded(text: str) -> str:
    """Return what the catalog of a stand-in says, with the modifiers as PostGIS spells them."""
    return _NUMBERED.sub(_said, text) if "(" in text and "geo" in text else text


def _numbered(found: "re.Match[str]") -> str:
    number = _NUMBERS.get(found[2].lower())
    if number is None:
        return found[0]  # a call of a function
    return f"{found[1]}({1 + number * _SPACE + int(found[3] or 0)})"


def _said(found: "re.Match[str]") -> str:
    kind, system = divmod(int(found[2]) - 1, _SPACE)
    if kind >= len(_KINDS):
        return found[0]
    return f"{found[1]}({_KINDS[kind]}{f',{system}' if system else ''})"
