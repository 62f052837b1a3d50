"""What Alembic makes of a change by itself: `python alembic_side.py URL TARGET`, run by the tool's own Python. The database at URL is
brought to what TARGET has, by the operations that autogeneration finds, in one transaction as `alembic upgrade` does. It prints how many
there were."""

import sys

from alembic.autogenerate import produce_migrations
from alembic.operations import Operations
from alembic.operations.ops import OpContainer
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, create_engine


def main(url: str, target: str) -> None:
    wanted = MetaData()
    wanted.reflect(create_engine(_driver(target)))
    with create_engine(_driver(url)).connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        found = produce_migrations(context, wanted)
        connection.rollback()
        print(len(found.upgrade_ops.ops), flush=True)
        with connection.begin():
            _invoke(Operations(context), found.upgrade_ops)


def _driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _invoke(operations: Operations, container: OpContainer) -> None:
    for each in container.ops:
        if isinstance(each, OpContainer):
            _invoke(operations, each)
        else:
            operations.invoke(each)


if __name__ == "__main__":
    main(*sys.argv[1:])
