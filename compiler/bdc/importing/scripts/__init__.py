"""A folder of migrations → the scripts that lead to its database, in their order, without the ways back.

What comes in: a folder as goose, dbmate, golang-migrate, Flyway, sql-migrate, Sqitch, Prisma, Diesel, Rails, Alembic or Django keep it, or a
file of SQL. What goes out: scripts, and what of the folder is not run, with the reason. Programs are run only for Alembic and Django, and
only to print their SQL.
"""

from collections.abc import Iterator

from bdc.importing.scripts.folder import Folder, Script, read_folder
from bdc.importing.scripts.problems import NoSource
from bdc.importing.scripts.unrun import unrun

__all__ = ["Folder", "NoSource", "Script", "left_out", "read_folder"]


def left_out(folder: Folder) -> Iterator[str]:
    """Yield what is not run: files, and statements that are about rows or the server."""
    yield from (f"{name}: {reason}" for name, reason in folder.skipped)
    yield from unrun(script.text for script in folder.scripts)
