"""What has been found wrong in outputs of earlier versions, and how an output shows that it has it.

An advisory is added together with the fix. It looks at the files of an output, not at a version: files that were edited, or built in part, are
judged as they are.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Advisory:
    """`files`: a pattern of paths in an output. A file has the flaw when `present` is found in it and `absent` is not ('': not asked).
    `severity`: security, outage (something fails when it is needed), or wrong."""

    id: str
    severity: str
    title: str
    files: str
    present: str
    absent: str = ""
    remedy: str = "Build the output again with this bdc, and deploy it."


@dataclass(frozen=True, slots=True)
class Finding:
    """An advisory that an output has, and in which file."""

    advisory: Advisory
    path: str


ADVISORIES: tuple[Advisory, ...] = (
    Advisory(
        "BDC-2026-001",
        "security",
        "guessed credentials are not limited",
        "services/**/config.py",
        r"class LimitSettings",
        r"failed_authentications",
    ),
    Advisory(
        "BDC-2026-002",
        "outage",
        "no backup is ever taken: a schedule without a store",
        "infrastructure/kubernetes/base/database.yaml",
        r"kind: ScheduledBackup",
        r"barman|backup:\n",
        "Declare `backup: { store: … }` in the deploy, build again and deploy. Take a base backup at once.",
    ),
    Advisory(
        "BDC-2026-003",
        "outage",
        "GitLab refuses the pipeline: a job is called `image`",
        "infrastructure/ci-cd/gitlab-ci.yml",
        r"(?m)^image:\n +stage:",
    ),
    Advisory(
        "BDC-2026-004",
        "outage",
        "a first deployment lacks its namespace and accounts before the migration",
        "infrastructure/ci-cd/deploy.sh",
        r'select_kind job > "\$work/job\.yaml"',
    ),
    Advisory(
        "BDC-2026-005",
        "outage",
        "no alert of a total outage",
        "infrastructure/monitoring/rules.yml",
        r"BudgetBurn",
        r"alert: \w+Down\b",
    ),
    Advisory(
        "BDC-2026-006",
        "wrong",
        "answers of your own routes are counted as successes",
        "api/**/edge.py",
        r"answer\.status if answer else 200",
    ),
    Advisory(
        "BDC-2026-007",
        "outage",
        "rotating the encryption keys as written fails reads while replicas are exchanged",
        "documentation/operations.md",
        r"put the new key first and keep the old one behind it",
        "",
        "Rotate in two deployments: every replica learns the new key before the first one encrypts with it.",
    ),
    Advisory(
        "BDC-2026-008",
        "wrong",
        "the load test counts refusals by the rate limit as successes",
        "tests/performance/load_profile.py",
        r"status_code",
        r"429",
    ),
    Advisory(
        "BDC-2026-009",
        "outage",
        "what refused requests have sent stays in memory: 2,000 callers with unfinished bodies take 700 MiB",
        "api/**/edge.py",
        r"request\.refusal = problem\n",
    ),
    Advisory(
        "BDC-2026-010",
        "security",
        "sign-up, sign-in and refresh are not limited for requests with any `Authorization` header",
        "api/**/sign_in.py",
        r'(?m)^        if b"authorization" not in request\.headers:',
    ),
    Advisory(
        "BDC-2026-011",
        "security",
        "limits by address count each IPv6 address: one subscriber has as many as it likes",
        "services/**/rate_limit.py",
        r"return str\(client\[0\]\)",
    ),
    Advisory(
        "BDC-2026-012",
        "security",
        "of a repeated credential the last one counts, which a proxy may not have looked at",
        "api/**/edge.py",
        r"def _check\(self",
        r"_refuse_repeated",
    ),
    Advisory(
        "BDC-2026-013",
        "security",
        "webhooks may be sent to site-local IPv6 addresses (fec0::/10)",
        "services/**/guard.py",
        r"def is_public",
        r"is_site_local",
    ),
    Advisory(
        "BDC-2026-014",
        "outage",
        "made-up API keys push good ones out of memory, which then wait behind them",
        "services/**/api_keys.py",
        r"class ApiKeys",
        r"_unknown",
    ),
)


def audit(out: Path) -> Iterator[Finding]:
    """Yield what is known to be wrong in the output in `out`."""
    for advisory in ADVISORIES:
        for path in sorted(out.glob(advisory.files)):
            text = path.read_text(encoding="utf-8", errors="replace")
            if re.search(advisory.present, text) and not (
                advisory.absent and re.search(advisory.absent, text)
            ):
                yield Finding(advisory, path.relative_to(out).as_posix())
