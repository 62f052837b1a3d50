"""`python -m database.audit`: verify the sealed trail, show its head, write it out, check what was written out.

The URL (--database, MIGRATION_DATABASE_URL, or the file that MIGRATION_DATABASE_URL_FILE names) is that of a role which is a member of the owner.
Exit status: 0 where nothing was found, 1 where something was, 2 for wrong arguments.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from database.audit.exporting import check, exported
from database.audit.reading import reading
from database.audit.verifying import Report, verify
from database.engine.command_line import url_of_environment


def main(arguments: list[str] | None = None) -> None:
    """Run a command."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.command == "check":
        with Path(given.file).open(encoding="utf-8") as lines:
            wrong = list(check(lines))
        print("\n".join(wrong) or "every line leads to the head")
        sys.exit(1 if wrong else 0)
    if not given.database:
        parser.error("give --database URL or set MIGRATION_DATABASE_URL")
    if given.command == "export":
        asyncio.run(_export(given.database, given.first, given.last))
        return
    report = asyncio.run(_verified(given.database, dict(given.head or ())))
    _tell(report, given.command, as_json=given.json)
    sys.exit(1 if report.findings else 0)


async def _verified(url: str, known: dict[int, str]) -> Report:
    async with reading(url) as connection:
        return await verify(connection, known)


async def _export(url: str, first: int, last: int | None) -> None:
    async with reading(url) as connection:
        async for line in exported(connection, first, last):
            print(json.dumps(line, ensure_ascii=False))


def _tell(report: Report, command: str, *, as_json: bool) -> None:
    if command == "head":
        print(f"{report.size}:{report.head}")
    elif as_json:
        print(json.dumps(vars(report), indent=2))
    else:
        print("\n".join(report.findings) or "every sealed row is as it was sealed")
        print(
            f"{report.sealed} rows sealed, {report.pruned} deleted for their age, {report.waiting} not sealed yet"
        )
        print(f"head {report.size}:{report.head}")


def _head(text: str) -> tuple[int, str]:
    size, _, root = text.partition(":")
    if len(root) != 64:
        raise ValueError(text)
    bytes.fromhex(root)
    return int(size), root.lower()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m database.audit", description="Look after the sealed audit trail."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    told = commands.add_parser(
        "verify", help="tell which rows were changed, removed or slipped in since they were sealed"
    )
    told.add_argument("--json", action="store_true", help="print the result as JSON")
    head = commands.add_parser("head", help="print the head, SIZE:ROOT, to be kept outside of the database")
    export = commands.add_parser("export", help="write the trail out as lines of JSON, with proofs")
    export.add_argument("--first", type=int, default=1, help="the first seal (default: %(default)s)")
    export.add_argument("--last", type=int, help="the last seal (default: all)")
    for each in (told, head):
        each.add_argument(
            "--head",
            type=_head,
            action="append",
            metavar="SIZE:ROOT",
            help="a head that was kept (repeatable)",
        )
        each.set_defaults(json=False)
    for each in (told, head, export):
        each.add_argument("--database", default=url_of_environment(), help=argparse.SUPPRESS)
    checked = commands.add_parser("check", help="check a file that `export` wrote, without a database")
    checked.add_argument("file")
    return parser
