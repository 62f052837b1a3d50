"""Files for dbmate: `<version>_<name>.sql` with both ways in one file. dbmate sends a file without a transaction as one query, which
PostgreSQL takes for a transaction when it holds two statements: so each has one."""

from collections.abc import Iterable, Mapping

from bdc.evolution.exporting.pieces import Piece, pieces
from bdc.evolution.history import WrittenMigration


def dbmate_files(history: Iterable[WrittenMigration], *, contract: bool) -> Mapping[str, str]:
    """Return the files by their path."""
    return {
        f"migrations/{piece.version}_{piece.name.replace('-', '_')}.sql": _file(piece)
        for piece in pieces(history, contract=contract)
    }


def _file(piece: Piece) -> str:
    option = "" if piece.shared else " transaction:false"
    return f"-- migrate:up{option}\n{piece.up}\n\n-- migrate:down{option}\n{piece.down}\n"
