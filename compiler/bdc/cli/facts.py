"""The facts that commands find outside of a specification: output folders, backends, databases, sources of an import."""

from bdc.diagnostics import Declared, Fact
from bdc.diagnostics.catalogue import importing, migrations, project
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Conflict(Fact):
    """A file in the output folder that a build would destroy. `last`: of those with the same reason; the help stands there."""

    reason: str
    path: str
    last: bool = True

    def declaration(self) -> Declared:
        return CONFLICTS[self.reason]

    def help_text(self) -> str:
        return Fact.help_text(self) if self.last else ""


CONFLICTS = {
    "edited": project.EDITED_FILE,
    "foreign": project.FOREIGN_FILE,
    "migration": project.WRITTEN_MIGRATION,
    "unsafe": project.UNSAFE_PATH,
}


@dataclass(frozen=True, slots=True)
class ForeignLock(Fact):
    DIAGNOSTIC = project.FOREIGN_LOCK

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outgrown(Fact):
    """`remedy`: the command that writes the migration."""

    DIAGNOSTIC = project.OUTGROWN

    out: str
    remedy: str


@dataclass(frozen=True, slots=True)
class NoBackend(Fact):
    DIAGNOSTIC = migrations.NO_BACKEND

    path: str


@dataclass(frozen=True, slots=True)
class NoDatabase(Fact):
    DIAGNOSTIC = migrations.NO_DATABASE

    reason: str


@dataclass(frozen=True, slots=True)
class CannotJudge(Fact):
    DIAGNOSTIC = migrations.CANNOT_JUDGE

    reason: str


@dataclass(frozen=True, slots=True)
class SpeaksAgainst(Fact):
    DIAGNOSTIC = migrations.SPEAKS_AGAINST

    failed: int


@dataclass(frozen=True, slots=True)
class NotMerged(Fact):
    DIAGNOSTIC = migrations.NOT_MERGED

    reason: str


@dataclass(frozen=True, slots=True)
class NotExported(Fact):
    DIAGNOSTIC = migrations.NOT_EXPORTED

    reason: str


@dataclass(frozen=True, slots=True)
class NothingToImport(Fact):
    DIAGNOSTIC = importing.NOTHING_TO_IMPORT

    reason: str


@dataclass(frozen=True, slots=True)
class ScriptFails(Fact):
    """`failures`: statements, and why each does not run."""

    DIAGNOSTIC = importing.SCRIPT_FAILS

    file: str
    failures: tuple[tuple[str, str], ...]

    @property
    def statements(self) -> str:
        shown = [
            f"{reason}\n  in: {' '.join(statement.split())[:160]}" for statement, reason in self.failures[:5]
        ]
        more = [f"and {len(self.failures) - 5} more"] if len(self.failures) > 5 else []
        return "\n".join([*shown, *more])


@dataclass(frozen=True, slots=True)
class NotImportable(Fact):
    DIAGNOSTIC = importing.NOT_IMPORTABLE

    names: tuple[str, ...]

    @property
    def objects(self) -> str:
        return "\n".join(self.names)


@dataclass(frozen=True, slots=True)
class SpecificationInTheWay(Fact):
    DIAGNOSTIC = importing.SPECIFICATION_IN_THE_WAY

    path: str


@dataclass(frozen=True, slots=True)
class UnreadableSource(Fact):
    DIAGNOSTIC = importing.UNREADABLE_SOURCE

    reason: str


@dataclass(frozen=True, slots=True)
class UnreadableDescription(Fact):
    DIAGNOSTIC = importing.UNREADABLE_DESCRIPTION

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class NotThisDatabase(Fact):
    """`different`: lines of a comparison; the first ones are shown."""

    DIAGNOSTIC = importing.NOT_THIS_DATABASE

    different: tuple[str, ...]

    @property
    def differences(self) -> str:
        return "\n".join(self.different[:40])


@dataclass(frozen=True, slots=True)
class NoTables(Fact):
    DIAGNOSTIC = importing.NO_TABLES

    out: str


@dataclass(frozen=True, slots=True)
class AdoptedAlready(Fact):
    DIAGNOSTIC = importing.ADOPTED_ALREADY

    path: str


@dataclass(frozen=True, slots=True)
class AdoptionFails(Fact):
    DIAGNOSTIC = importing.ADOPTION_FAILS

    reason: str
