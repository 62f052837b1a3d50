"""The tools: what each looks at, how it is called, and the bad example that it has to find."""

from collections.abc import Callable
from pathlib import Path

from bdc.inspection import planted
from bdc.inspection.migrations import findings, whole_files
from bdc.inspection.paths import (
    OPENAPI,
    has,
    manifests,
    overlays,
    pipelines,
    scripts,
)
from bdc.source.records import dataclass

# A call is the program's arguments; a path in them is absolute, or relative to the output.
Calls = Callable[[Path, Path], list[list[str]]]


@dataclass(frozen=True, slots=True)
class Tool:
    """`programs`: names it is installed under. `calls(out, scratch)`: its calls, none where the output has nothing for it.
    `control(scratch)`: writes a bad example below `scratch` and returns the call that must find it. `beside(program, out)`: what it finds
    where it is not enough to call it."""

    name: str
    subject: str
    programs: tuple[str, ...]
    calls: Calls
    control: Callable[[Path, Path], list[str]]
    beside: Callable[[str, Path], list[str]] = lambda program, out: []


def _promtool(out: Path, scratch: Path) -> list[list[str]]:
    folder = out / "infrastructure/monitoring"
    files = [str(folder / name) for name in ("rules.yml", "platform.yml")]
    return [
        ["check", "rules", "--lint=all", "--lint-fatal", *files],
        ["test", "rules", str(folder / "rules_test.yml")],
    ]


def _schemas(out: Path, scratch: Path) -> list[list[str]]:
    return [["--builtin-schema", f"vendor.{schema}", str(path)] for schema, path in pipelines(out)]


TOOLS: tuple[Tool, ...] = (
    Tool(
        "ruff",
        "Python: lint and format",
        ("ruff",),
        lambda out, scratch: [["check", "--no-cache", "."], ["format", "--no-cache", "--check", "."]],
        planted.python("ruff", ["check", "--no-cache", "--select", "S"]),
    ),
    Tool(
        "bandit",
        "Python: unsafe calls",
        ("bandit",),
        lambda out, scratch: [["-q", "-r", *has(out, "api", "services", "database")]],
        planted.python("bandit", ["-q"]),
    ),
    Tool(
        "squawk",
        "migrations: locks and rewrites",
        ("squawk",),
        lambda out, scratch: [[*_squawk_settings(out), *whole_files(out)]] if whole_files(out) else [],
        planted.migration,
        findings,
    ),
    Tool(
        "openapi-spec-validator",
        "OpenAPI document",
        ("openapi-spec-validator",),
        lambda out, scratch: [[OPENAPI]] if (out / OPENAPI).is_file() else [],
        planted.openapi,
    ),
    Tool(
        "kubectl",
        "manifests: every overlay is complete",
        ("kubectl",),
        lambda out, scratch: [["kustomize", path] for path in overlays(out)],
        planted.overlay,
    ),
    Tool(
        "kubernetes-validate",
        "manifests: schemas of Kubernetes",
        ("kubernetes-validate",),
        lambda out, scratch: [["--strict", "-k", "1.33", path] for path in manifests(out, scratch)],
        planted.manifest(["--strict", "-k", "1.33"]),
    ),
    Tool(
        "checkov",
        "manifests and Dockerfile: known weaknesses",
        ("checkov",),
        lambda out, scratch: [
            *([_checkov("kubernetes", *manifests(out, scratch))] if manifests(out, scratch) else []),
            _checkov("dockerfile", "infrastructure/docker/Dockerfile"),
        ],
        lambda out, scratch: _checkov("kubernetes", planted.weak_pod(scratch)),
    ),
    Tool(
        "hadolint",
        "Dockerfile",
        ("hadolint",),
        lambda out, scratch: [["infrastructure/docker/Dockerfile"]],
        planted.dockerfile,
    ),
    Tool(
        "actionlint",
        "GitHub workflow",
        ("actionlint", "jactionlint"),
        lambda out, scratch: [["--shellcheck=", ".github/workflows/ci.yml"]],
        planted.workflow(["--shellcheck="]),
    ),
    Tool(
        "zizmor",
        "GitHub workflow: what an attacker could use",
        ("zizmor",),
        lambda out, scratch: [["--offline", "--quiet", ".github/workflows"]],
        planted.workflow(["--offline", "--quiet"]),
    ),
    Tool(
        "check-jsonschema",
        "pipelines and compose: their schemas",
        ("check-jsonschema",),
        _schemas,
        planted.pipeline,
    ),
    Tool("promtool", "alert rules, and their tests", ("promtool",), _promtool, planted.rules),
    Tool(
        "shellcheck",
        "scripts",
        ("shellcheck",),
        lambda out, scratch: [["--severity=warning", *scripts(out)]],
        planted.script,
    ),
    Tool(
        "gitleaks",
        "secrets in files",
        ("gitleaks",),
        lambda out, scratch: [["dir", "--no-banner", "--redact", "."]],
        planted.secret,
    ),
)


def _checkov(framework: str, *files: str) -> list[str]:
    return ["-f", *files, "--framework", framework, "--skip-download", "--compact", "--quiet"]


def _squawk_settings(out: Path) -> list[str]:
    found = out / "database/.squawk.toml"
    return ["--config", str(found)] if found.is_file() else []
