"""The controls: what each is, where it is, and what shows it.

Ids of OWASP API Security Top 10 (2023), ASVS 5.0, SOC 2 (Trust Services Criteria) and PCI DSS 4.0.1. Only ids are given, for the texts belong to
their publishers. `tests` are node ids of pytest (a file, or one test in it), or `tool:NAME` of `bdc verify`.
"""

from bdc.source.records import dataclass

_MATRIX = "tests/security/test_permission_matrix.py"
_STATEMENTS = "services/data"


@dataclass(frozen=True, slots=True)
class Control:
    """`needs`: the fact that a system must have for it to apply; '' for all. Without `tests`
    nothing here shows it: it stays `not-verified`, or is for people (`PEOPLE`)."""

    id: str
    title: str
    owasp: tuple[str, ...] = ()
    asvs: tuple[str, ...] = ()
    soc2: tuple[str, ...] = ()
    pci: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    needs: str = ""


CONTROLS: tuple[Control, ...] = (
    Control(
        "tokens", "Tokens: signature, algorithm, issuer, audience and time are checked",
        ("API2",), ("V9.1.1", "V9.1.2", "V9.1.3", "V9.2.1", "V9.2.2", "V9.2.3"), ("CC6.1",), ("8.3",),
        ("services/security/engine",), ("tests/security/test_tokens.py",), "tokens",
    ),
    Control(
        "credential-guessing", "Guessed credentials are refused, and slowed down",
        ("API2", "API4"), ("V6.3.1",), ("CC6.1",), ("8.3",), ("services/security/engine",),
        ("tests/security/test_unwelcome.py::test_credentials_that_are_guessed",), "tokens",
    ),
    Control(
        "function-access", "Operations are denied unless a role is allowed",
        ("API5",), ("V8.1.1", "V8.2.1", "V8.3.1"), ("CC6.3",), ("7.2", "7.3"),
        ("services/security", "documentation/security.md"), (f"{_MATRIX}::test_rest", f"{_MATRIX}::test_graphql"), "api",
    ),
    Control(
        "object-access", "Rows are seen and changed by those whom a rule allows, in statements and by row level security",
        ("API1",), ("V8.2.2", "V8.3.3"), ("CC6.1", "CC6.3"), ("7.2", "7.3"),
        (_STATEMENTS, "database/release"),
        (f"{_MATRIX}::test_sql", f"{_MATRIX}::test_rest",
         "tests/integration/test_migrations.py::test_every_table_is_under_forced_row_level_security"), "api",
    ),
    Control(
        "tenant-isolation", "No rule reaches across tenants",
        ("API1",), ("V8.4.1",), ("CC6.1", "C1.1"), ("7.2",), ("database/release",), (f"{_MATRIX}::test_sql",), "tenants",
    ),
    Control(
        "field-access", "Fields are read and written by those whom a rule allows",
        ("API3",), ("V8.1.2", "V8.2.3", "V15.3.1"), ("CC6.3", "C1.1"), ("7.2",), (_STATEMENTS,),
        ("tests/security/test_field_rules.py", "tests/security/test_secrets.py::test_a_hidden_value_is_in_no_answer"), "fields",
    ),
    Control(
        "input", "Bodies and parameters are held to their types; members that a caller may not set are refused",
        ("API3",), ("V2.2.1", "V2.2.2", "V15.3.3"), ("PI1.2",), ("6.2.4",), ("api/documentation/openapi.json", _STATEMENTS),
        ("tests/integration/test_contract.py", "tool:openapi-spec-validator"), "api",
    ),
    Control(
        "injection", "Every value reaches SQL as a parameter",
        ("API8",), ("V1.2.4",), ("CC7.1",), ("6.2.4",), (_STATEMENTS,),
        ("tests/unit/test_statements.py", "tool:bandit"), "api",
    ),
    Control(
        "encryption", "Encrypted fields are AES-256-GCM with keys from a store",
        (), ("V11.3.2", "V11.3.3", "V14.2.4"), ("CC6.1", "C1.1"), ("3.5", "3.6", "3.7"), ("services/security/engine",),
        ("tests/security/test_secrets.py::test_an_encrypted_value_is_not_stored_as_it_is",), "encrypted",
    ),
    Control(
        "audit", "Changes of audited rows are recorded, without personal data, and never altered",
        (), ("V16.1.1", "V16.2.1", "V16.3.1"), ("CC7.2",), ("10.2", "10.3"), ("database/release", "documentation/security.md"), (), "audited",
    ),
    Control(
        "resources", "Size, depth and cost of requests are limited",
        ("API4",), ("V4.3.1", "V4.3.2", "V13.1.2"), ("A1.2",), ("6.2.4",), ("config",),
        ("tests/security/test_unwelcome.py::test_bodies_and_headers_that_never_end",
         "tests/security/test_unwelcome.py::test_documents_that_cost_too_much"), "api",
    ),
    Control(
        "repetition", "A repeated call with an idempotency key is done once, and another caller cannot use its key",
        ("API6",), ("V2.3.3", "V2.3.4"), ("PI1.4",), (), ("database/release",),
        ("tests/security/test_unwelcome.py::test_the_idempotency_key_of_another_caller",), "idempotent",
    ),
    Control(
        "errors", "Errors are problem documents without internals",
        ("API8",), ("V16.5.1", "V13.4.2"), ("CC7.2",), ("6.2.4",), ("services/problems.py",),
        ("tests/integration/test_contract.py::test_an_unknown_path_is_a_problem",), "api",
    ),
    Control(
        "inventory", "What is served is what is described",
        ("API9",), ("V13.4.5",), ("CC2.3",), ("6.2.4",), ("api/documentation/openapi.json",),
        ("tests/integration/test_contract.py::test_the_served_description_is_the_emitted_one",), "api",
    ),
    Control(
        "change", "Changes of the database are migrations that can run again, and are proved before a release",
        (), ("V15.2.1",), ("CC8.1",), ("6.5",), ("database/migrations", ".github/workflows/ci.yml"),
        ("tests/integration/test_migrations.py", "tool:squawk"),
    ),
    Control(
        "workload", "Containers run without privileges, on a read-only root, in a network that denies by default",
        ("API8",), ("V13.2.2",), ("CC6.6", "CC6.8"), ("1.3", "1.4", "2.2"),
        ("infrastructure/kubernetes/base", "infrastructure/docker/Dockerfile"), ("tool:kubernetes-validate", "tool:checkov", "tool:hadolint"),
    ),
    Control(
        "transport", "TLS towards callers, and towards the database with its certificate checked",
        ("API8",), ("V12.1.1", "V12.2.1", "V12.3.1"), ("CC6.7",), ("4.2.1",), ("infrastructure/kubernetes/base", "config"),
        ("tool:kubernetes-validate",),
    ),
    Control(
        "secrets", "Secrets are files from a store, and in no file of the repository",
        ("API8",), ("V13.3.1", "V13.3.2"), ("CC6.1",), ("8.6",), ("infrastructure/kubernetes/components",), ("tool:gitleaks",),
    ),
    Control(
        "supply-chain", "Dependencies are locked by hash, actions by commit, images by digest; each image has its parts list",
        ("API8",), ("V15.1.1", "V15.1.2", "V15.2.1"), ("CC7.1",), ("6.3.2",), ("requirements.lock", ".github/workflows/ci.yml"),
        ("tool:zizmor", "tool:actionlint"),
    ),
    Control(
        "monitoring", "Outage, errors, latency, refused credentials and failed backups raise alerts",
        (), ("V16.3.2",), ("CC7.2", "CC7.3", "A1.2"), ("10.4",), ("infrastructure/monitoring",), ("tool:promtool",),
    ),
    Control(
        "backup", "Base backups and the write-ahead log are kept in an object store",
        (), (), ("A1.2", "A1.3"), ("9.4",), ("infrastructure/kubernetes/overlays", "documentation/operations.md"), (), "backups",
    ),
    Control("restore-drill", "A restore is practised, and its time and loss are written down", soc2=("A1.3",), pci=("12.10",), places=("documentation/operations.md",)),
    Control("incident-drill", "The response to an incident is practised", soc2=("CC7.4", "CC7.5"), pci=("12.10",), places=("documentation/operations.md",)),
    Control("access-review", "Who has access to clusters, stores and the issuer is reviewed", soc2=("CC6.2", "CC6.3"), pci=("7.2",)),
    Control("own-code", "Handlers and routes of your own are reviewed", ("API1", "API5"), ("V15.1.5",), ("CC8.1",), ("6.2.3",), ("services/business",), needs="handlers"),
    Control("penetration-test", "A penetration test by another party", soc2=("CC4.1",), pci=("11.4",)),
    Control("vendors", "Agreements with those who process data for you", soc2=("CC9.2",), pci=("12.8",)),
    Control("retention", "How long each kind of personal data is kept", asvs=("V14.2.7",), soc2=("C1.2", "P4.2"), pci=("3.2",), places=("compliance/personal-data.md",)),
)  # fmt: skip

PEOPLE = frozenset(
    {
        "restore-drill",
        "incident-drill",
        "access-review",
        "own-code",
        "penetration-test",
        "vendors",
        "retention",
    }
)
"""Controls that people have to show."""
