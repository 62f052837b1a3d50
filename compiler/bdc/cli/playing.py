"""Results of `bdc test`: on the terminal, as JSON, as JUnit's XML."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click

from bdc.source import SourceFile
from bdc.stack.playing import Played

_SIGNS = {"passed": ("✓", "green"), "failed": ("✗", "red"), "skipped": ("-", "yellow")}


def show(found: Played, files: Sequence[SourceFile]) -> None:
    """Print one test as it ends; of a failure the line of the specification, what was expected, and what came."""
    sign, colour = _SIGNS[found.status]
    took = click.style(f"({found.seconds:.2f} s)", dim=True) if found.seconds else ""
    click.echo(f"{click.style(sign, fg=colour)} {found.name} {took}".rstrip())
    if found.status == "skipped":
        click.echo(f"    skipped: {found.reason}")
    if found.status == "failed":
        path, number = found.place
        click.echo(f"    {path}:{number}")
        line = _line(files, found)
        if line:
            click.echo(f"    {click.style(f'{number} │', dim=True)} {line}")
        click.echo(f"    expected {found.expected}")
        click.echo(f"    got      {found.got}")


def _line(files: Sequence[SourceFile], found: Played) -> str:
    path, number = found.place
    file = next((each for each in files if each.path == path), None)
    return file.line(number).strip() if file is not None else ""


def counts(results: Sequence[Played]) -> dict[str, int]:
    """Return how many tests passed, failed and were skipped."""
    return {status: sum(each.status == status for each in results) for status in _SIGNS}


def as_data(results: Sequence[Played]) -> dict[str, Any]:
    """Return the results for `--json`."""
    return {"tests": [_data(each) for each in results], **counts(results)}


def _data(found: Played) -> dict[str, Any]:
    path, line = found.place
    data: dict[str, Any] = {"name": found.name, "status": found.status, "file": path, "line": line}
    data |= {"seconds": found.seconds}
    if found.status == "failed":
        data |= {"expected": found.expected, "got": found.got}
    return data | ({"reason": found.reason} if found.status == "skipped" else {})


def write_junit(results: Sequence[Played], system: str, path: Path) -> None:
    """Write the results as JUnit's XML, which continuous integration reads. Raises OSError."""
    told = counts(results)
    suite = ElementTree.Element(
        "testsuite",
        name=system,
        tests=str(len(results)),
        failures=str(told["failed"]),
        errors="0",
        skipped=str(told["skipped"]),
        time=f"{sum(each.seconds for each in results):.3f}",
    )
    for each in results:
        suite.append(_case(each, system))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _case(found: Played, system: str) -> ElementTree.Element:
    file, line = found.place
    case = ElementTree.Element(
        "testcase", classname=system, name=found.name, time=f"{found.seconds:.3f}", file=file, line=str(line)
    )
    if found.status == "failed":
        failure = ElementTree.SubElement(case, "failure", message=f"expected {found.expected}")
        failure.text = f"{found.at}\nexpected {found.expected}\ngot {found.got}"
    elif found.status == "skipped":
        ElementTree.SubElement(case, "skipped", message=found.reason)
    return case
