"""Files for Alembic: a revision per piece, and the `env.py` and `alembic.ini` that run each in a transaction of its own."""

from collections.abc import Iterable, Mapping

from bdc.evolution.exporting.pieces import Piece, pieces
from bdc.evolution.history import WrittenMigration

# The text goes to the driver as it is: in SQLAlchemy's own text, a colon begins the name of a parameter.
_REVISION = '''\
"""{name}"""

from alembic import op

revision = {revision!r}
down_revision = {before!r}
branch_labels = None
depends_on = None

UP = r"""
{up}
"""
DOWN = r"""
{down}
"""


def upgrade() -> None:
{run_up}


def downgrade() -> None:
{run_down}


def run(sql: str) -> None:
    op.get_bind().exec_driver_sql(sql, execution_options={{"no_parameters": True}})
'''
_SHARED = "    run({sql})"
_ALONE = "    with op.get_context().autocommit_block():\n        run({sql})"
_ENV = '''\
"""Runs each revision in a transaction of its own, on the database that DATABASE_URL (postgresql+psycopg://…) names."""

import os

from alembic import context
from sqlalchemy import create_engine, pool

with create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
'''
_INI = "[alembic]\nscript_location = %(here)s\n"


def alembic_files(history: Iterable[WrittenMigration], *, contract: bool) -> Mapping[str, str]:
    """Return the files by their path."""
    found = tuple(pieces(history, contract=contract))
    before = [None, *(piece.version for piece in found)]
    revisions = {
        f"versions/{piece.version}_{piece.name.replace('-', '_')}.py": _file(piece, earlier)
        for piece, earlier in zip(found, before, strict=False)
    }
    return {"alembic.ini": _INI, "env.py": _ENV, **revisions}


def _file(piece: Piece, before: str | None) -> str:
    run = _SHARED if piece.shared else _ALONE
    return _REVISION.format(
        name=piece.name,
        revision=piece.version,
        before=before,
        up=_quoted(piece.up),
        down=_quoted(piece.down),
        run_up=run.format(sql="UP"),
        run_down=run.format(sql="DOWN"),
    )


def _quoted(sql: str) -> str:
    """Fit a raw string of three quotes: neither may the text hold them, nor end in one or in a backslash (it ends in a line break)."""
    return sql.replace('"""', '""" + \'"""\' + r"""')
