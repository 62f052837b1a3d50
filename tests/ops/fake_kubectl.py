"""A `kubectl` that keeps what is applied in a file, and refuses what a cluster would refuse: a pod whose parts are not there.

Its folder is in CLUSTER: `applied.json` (kind and name, in order), `calls` (every call), `job` (state of the migration, else Complete), `rollout` (phase
of a Rollout, else Healthy).
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

CLUSTER = Path(os.environ["CLUSTER"])
CREATED_BY_OPERATORS = {"Cluster": ("-app", "-ca"), "ExternalSecret": ("",)}


def main(arguments: list[str]) -> int:
    with (CLUSTER / "calls").open("a", encoding="utf-8") as calls:
        calls.write(" ".join(arguments) + "\n")
    words = [word for word in arguments if not word.startswith("-")]
    if words[0] == "kustomize":
        return subprocess.run(
            [str(shutil.which("kubectl", path=os.environ["REAL_PATH"])), *arguments], check=False
        ).returncode
    if "apply" in words:
        return apply(Path(arguments[arguments.index("-f") + 1]))
    if "secret" in words:
        return secret(words)
    if "get" in words and any(word.startswith(("deployment/", "rollout/")) for word in words):
        state = CLUSTER / "rollout"
        phase = state.read_text(encoding="utf-8") if state.exists() else "Healthy"
        print("7" if any(word.startswith("deployment/") for word in words) else f"7 {phase}")
    elif "get" in words and any("jsonpath" in argument for argument in arguments):
        state = CLUSTER / "job"
        print(state.read_text(encoding="utf-8") if state.exists() else "Complete")
    if "status" in words and (CLUSTER / "broken-rollout").exists():
        return 1
    return 0


def applied() -> list[list[str]]:
    file = CLUSTER / "applied.json"
    found: list[list[str]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    return found


def secret(words: list[str]) -> int:
    name = next(word for word in words if word.endswith("-runtime"))
    if "get" in words:
        return 0 if ["Secret", name] in applied() else 1
    keep([*applied(), ["Secret", name]])
    return 0


def keep(found: list[list[str]]) -> None:
    (CLUSTER / "applied.json").write_text(json.dumps(found), encoding="utf-8")


def apply(path: Path) -> int:
    found = applied()
    import yaml  # the other calls are many, and need none of it

    for document in yaml.load_all(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
        if document is None:
            continue
        missing = [need for need in needs(document) if need not in found]
        if missing:
            print(f"{document['kind']} {document['metadata']['name']} lacks {missing}", file=sys.stderr)
            return 1
        name = document["metadata"]["name"]
        found.append([document["kind"], name])
        for suffix in CREATED_BY_OPERATORS.get(document["kind"], ()):
            found.append(["Secret", name + suffix])
    keep(found)
    return 0


def needs(document: dict[str, Any]) -> list[list[str]]:
    found = []
    if "namespace" in document["metadata"]:
        found.append(["Namespace", document["metadata"]["namespace"]])
    if document["kind"] not in ("Deployment", "Job"):
        return found
    pod = document["spec"]["template"]["spec"]
    found.append(["ServiceAccount", pod["serviceAccountName"]])
    found += [["ConfigMap", each["configMapRef"]["name"]] for each in pod["containers"][0]["envFrom"]]
    for volume in pod["volumes"]:
        if "secret" in volume:
            found.append(["Secret", volume["secret"]["secretName"]])
        found += [
            ["Secret", each["secret"]["name"]] for each in volume.get("projected", {}).get("sources", ())
        ]
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
