"""Run what shows the controls of `compliance/evidence.json`, and write what it showed to `compliance/report.json`.

    python -m tests.evidence [--junit results.xml] [--tools verify.json]

`--junit`: results of an earlier `pytest --junitxml`, instead of running the tests now. `--tools`: what `bdc verify OUT --format json` printed. A
control is `verified` when everything that shows it ran and passed, `failed` when something failed, `not-verified` when something did not
run. Exit code 1 when a control failed.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
EVIDENCE = ROOT / "compliance" / "evidence.json"
REPORT = ROOT / "compliance" / "report.json"
PASSED, FAILED, NOT_RUN = "passed", "failed", "not run"


def main() -> int:
    """Read the arguments, run, write the report, and say in how many controls each status ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence")
    parser.add_argument("--junit", type=Path)
    parser.add_argument("--tools", type=Path)
    arguments = parser.parse_args()
    document = json.loads(EVIDENCE.read_text(encoding="utf-8"))
    results = outcomes(arguments.junit or _run(document))
    tools = json.loads(arguments.tools.read_text(encoding="utf-8")) if arguments.tools else []
    states = {each["tool"]: each["state"] for each in tools}
    for control in document["controls"]:
        if "tests" in control:
            control["results"] = {each: result(each, results, states) for each in control["tests"]}
            control["status"] = status(control["results"].values())
    REPORT.write_text(json.dumps(document | _about(), indent=2) + "\n", encoding="utf-8")
    counts: dict[str, int] = {}
    for control in document["controls"]:
        counts[control["status"]] = counts.get(control["status"], 0) + 1
    print(", ".join(f"{name} {count}" for name, count in sorted(counts.items())), f"({REPORT})")
    return int("failed" in counts)


def _run(document: dict[str, Any]) -> Path:
    """Run the tests that show something; return their results."""
    named = [each for control in document["controls"] for each in control.get("tests", ())]
    files = sorted({each.partition("::")[0] for each in named if not each.startswith("tool:")})
    target = Path(tempfile.mkdtemp(prefix="evidence-")) / "results.xml"
    there = [name for name in files if (ROOT / name).exists()]
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", f"--junitxml={target}", *there], cwd=ROOT, check=False
    )
    return target


def outcomes(path: Path) -> dict[str, list[str]]:
    """Return `tests/…/test_x.py::test_y` → the outcome of each case of it."""
    found: dict[str, list[str]] = {}
    if not path.exists():
        return found
    # The file was written by our own pytest.
    for case in ElementTree.parse(path).iter("testcase"):  # nosec B314
        module = str(case.get("classname")).replace(".", "/") + ".py"
        name = str(case.get("name")).partition("[")[0]
        kinds = {child.tag for child in case}
        outcome = FAILED if kinds & {"failure", "error"} else NOT_RUN if "skipped" in kinds else PASSED
        found.setdefault(f"{module}::{name}", []).append(outcome)
    return found


def result(test: str, results: dict[str, list[str]], tools: dict[str, str]) -> str:
    """Return what one test, all tests of a file, or a tool showed. Cases that were skipped do not count beside others that ran."""
    if test.startswith("tool:"):
        states = {"passed": PASSED, "findings": FAILED, "unreliable": FAILED}
        return states.get(tools.get(test.removeprefix("tool:"), ""), NOT_RUN)
    cases = [
        each
        for name, many in results.items()
        if name == test or name.startswith(f"{test}::")
        for each in many
    ]
    return FAILED if FAILED in cases else PASSED if PASSED in cases else NOT_RUN


def status(found: Any) -> str:
    """Return the status of a control from what its tests showed."""
    shown = set(found)
    return "failed" if FAILED in shown else "not-verified" if NOT_RUN in shown or not shown else "verified"


def _about() -> dict[str, str]:
    lock = ROOT / "bdc.lock"
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "bdc_lock_sha256": hashlib.sha256(lock.read_bytes()).hexdigest() if lock.exists() else "",
    }


if __name__ == "__main__":
    sys.exit(main())
