"""What has to be reviewed before a plan runs: the codes of hazards, what each means, and which of them are dangerous."""

from enum import StrEnum

from bdc.plan.operation import Hazard


class Level(StrEnum):
    """DANGER: rows, values or requests may be lost, or callers wait: it needs an approval. NOTICE: what changes is told with the
    changes of clients and access, or nothing can go wrong: it is shown, and holds up nothing."""

    DANGER = "danger"
    NOTICE = "notice"


MOVED = "its values are in {} by now"  # of a column that is dropped under its old name

CODES = {
    "BLOCKS": "Readers or writers wait while PostgreSQL reads or writes a whole table.",
    "CHECK_CHANGES": "The condition of a check changes.",
    "DROP_COLUMN": "A column goes.",
    "DROP_SCHEMA": "A schema goes; it has to be empty by then.",
    "DROP_TABLE": "A table goes.",
    "DROP_TYPE": "A type goes.",
    "DROP_VIEW": "A view is dropped: statements that read it fail.",
    "ENCRYPTS": "Values are encrypted where the version that runs reads plain text.",
    "ENUM_REMOVE": "A value of an enum goes: no row may hold it.",
    "GRANT_WIDENS": "A role may do more.",
    "IDENTITY_CHANGES": "Identity generation of a column changes.",
    "LOCKS_TABLES": "Several tables are locked in one transaction, each for a moment.",
    "NARROW_TYPE": "A column gets a type that does not hold every value of the old one.",
    "NEW_CODE_WAITS": "The new code cannot work with a column before the contract, nor the old code after it.",
    "NEW_CODE_ONLY": "From here on the old code cannot write.",
    "OPAQUE": "SQL that the planner cannot analyse.",
    "POLICY_BESIDE": "A permissive policy that SQL makes stays beside those of the specification.",
    "POLICY_CHANGES": "Policies of a table change together: other rows become visible or hidden.",
    "POLICY_WIDENS": "A policy that allows more is added.",
    "RENAME_BREAKS": "Something is renamed at once: code that says the old name fails.",
    "RENAME_TABLE": "A table is renamed; a view keeps its old name until the contract.",
    "ROUTINE_CHANGES": "A function does another thing from here on.",
    "ROWS_REFUSED": "While something is proved, rows that the new version is for are refused.",
    "ROWS_HIDDEN": "A role with rights on a table sees none of its rows any more.",
    "ROW_SECURITY": "Row level security of a table is turned on or off.",
    "VIEW_CHANGES": "The query of a view changes.",
}

NOTICES = {
    "CHECK_CHANGES": "what a check refuses now is told as a change of behaviour",
    "DROP_SCHEMA": "PostgreSQL refuses it while anything is in it",
    "DROP_TYPE": "PostgreSQL refuses it while any column has it",
    "GRANT_WIDENS": "rights follow from new tables and columns; what callers may do is told as access",
    "LOCKS_TABLES": "each lock is held for a moment, and given up after two seconds",
    "NEW_CODE_ONLY": "it belongs to the contract, which is run when no old version runs",
    "POLICY_CHANGES": "what callers may do is told as access",
    "POLICY_WIDENS": "what callers may do is told as access",
    "RENAME_TABLE": "both names work until the contract",
    "ROUTINE_CHANGES": "what a function of the specification does is told as a change of behaviour",
    "VIEW_CHANGES": "what a view shows is told as a change of the api",
}


def level(hazard: Hazard) -> Level:
    """Return how bad a hazard is: dangerous, unless its code is known to be none."""
    moved = hazard.code == "DROP_COLUMN" and hazard.message.startswith(MOVED.partition("{")[0])
    return Level.NOTICE if moved or hazard.code in NOTICES else Level.DANGER
