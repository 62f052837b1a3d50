"""Facts that are found outside of the language: files, output folders, databases, revisions, approvals. Tests of the commands find them
for real; here are their words."""

from bdc.analysis.sqltexts import SqlText
from bdc.cli import facts
from bdc.comparison import errors as comparison
from bdc.diagnostics import Diagnostic, Fact
from bdc.diagnostics.catalogue.plan import DOES_NOT_ARRIVE, STOPS_FOR_ROWS, STOPS_HALF_WAY
from bdc.plan.worded import refusal
from bdc.preparation.facts import SqlRefused
from bdc.project import (
    FileTooLarge,
    NoSpecFiles,
    NotUtf8,
    SpecNotFound,
    UnlockedRequirement,
    UnreadableFile,
    UnreadableRequirement,
)
from bdc.source import SourceFile, Span

FILE = SourceFile("shop.bds", 'bds 1\nmodule shop\n\nsql """create index on customer using gist (name);"""\n')
_MIGRATION = "database/migrations/20260105T120000_weight"
_STATEMENT = ("create table a (id int", 'syntax error at end of input (42601), at "create"')

FACTS: tuple[Fact, ...] = (
    SpecNotFound("shopp"),
    NoSpecFiles("docs"),
    UnreadableFile("shop/model.bds", "Permission denied"),
    NotUtf8("model.bds", 3, 12, 48),
    FileTooLarge("model.bds", 5_242_880),
    UnreadableRequirement("--index-url https://example.com"),
    UnlockedRequirement("stripe"),
    facts.Conflict("edited", "api/openapi.json", last=False),
    facts.Conflict("edited", "api/routes.py"),
    facts.Conflict("foreign", "README.md"),
    facts.ForeignLock("out/bdc.lock", "its first line is not JSON"),
    facts.Conflict("migration", f"{_MIGRATION}/01_expand.sql"),
    facts.Outgrown("out", "`bdc diff out SPEC --write` shows what changes and writes the next migration"),
    facts.Conflict("unsafe", "config"),
    comparison.BrokenMigrations(f"`{_MIGRATION}/01_expand.sql` was changed after it was written"),
    facts.NoBackend("shop"),
    facts.NoDatabase("no database: give --db URL, or set MIGRATION_DATABASE_URL"),
    facts.CannotJudge("the embedded server did not start within 20 seconds"),
    facts.SpeaksAgainst(2),
    facts.NotMerged("there is one branch of migrations"),
    facts.NotExported("`out` is not empty"),
    comparison.NoBase(("build/shop", "out")),
    comparison.UnreadableRevision("main~3", "no such revision"),
    comparison.UnreadableDatabase("ann@127.0.0.1:5432/shop", "connection refused"),
    comparison.BadApproval("approvals.toml", "approval 2 has no `expires`"),
    comparison.ExpiredApproval(
        "approvals.toml", "`rest.operation-removed` of `GET /v1/orders`", "2026-01-31"
    ),
    comparison.UnusedApproval("approvals.toml", "`rest.operation-removed` of `GET /v1/orders`"),
    comparison.OutdatedApproval("approvals.toml", "`rest.operation-removed` of `GET /v1/orders`"),
    facts.NothingToImport("there is no `schema.sql`"),
    facts.ScriptFails("schema.sql", (_STATEMENT,)),
    facts.NotImportable(("table audit: its owner cannot be read",)),
    facts.SpecificationInTheWay("shop"),
    facts.UnreadableSource("connection refused"),
    facts.UnreadableDescription("schema.prisma", "line 12: a model has no name"),
    facts.NotThisDatabase(("table customer: column name: text → character varying(80)",)),
    facts.NoTables("build/shop"),
    facts.AdoptedAlready("build/shop/database/adoption"),
    facts.AdoptionFails("the way back leaves the role `shop_owner`"),
    SqlRefused(
        SqlText("block", "create index on customer using gist (name);", Span(FILE.path, 18, 67), FILE),
        0,
        'data type text has no default operator class for access method "gist"',
    ),
)

_STOPPED = {
    "operation": "weight-not-null",
    "title": "item.weight: required",
    "reason": 'column "weight" of relation "item" contains null values',
}
REFUSALS = (
    refusal(STOPS_HALF_WAY, "item", migration="the migration", **_STOPPED),
    refusal(STOPS_FOR_ROWS, "item", migration="the migration", **_STOPPED),
    refusal(DOES_NOT_ARRIVE, "item", migration="the way back of the migration", reason="item.weight is left"),
)


def outside() -> tuple[Diagnostic, ...]:
    """Return the diagnostics of all of them, by code."""
    made = (*(fact.diagnostic() for fact in FACTS), *(refused.diagnostic() for refused in REFUSALS))
    return tuple(sorted(made, key=lambda diagnostic: diagnostic.code))
