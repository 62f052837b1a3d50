"""For programs: the same facts as data."""

import json
from collections.abc import Sequence
from typing import Any

from bdc.changes import Change
from bdc.changes.change import Access
from bdc.comparison.approvals import Approval, Judgement
from bdc.comparison.compare import Comparison
from bdc.comparison.verdict import GateVerdict, place_of
from bdc.diagnostics import Diagnostic
from bdc.plan import Operation
from bdc.plan.hazards import level
from bdc.source import SourceFile


def render_json(comparison: Comparison, judgement: Judgement, verdict: GateVerdict) -> str:
    """Return one object: `old`, `new`, `verdict`, `severity`, `bump`, `changes`, `operations`, `refusals`, `rollout`, `approvals`."""
    data = {
        "old": comparison.old.label,
        "new": comparison.new.label,
        "verdict": _verdict(verdict, judgement),
        "severity": comparison.severity,
        "bump": comparison.bump,
        "notes": comparison.notes,
        "changes": [_change(change, judgement) for change in comparison.changes],
        "operations": [_operation(operation, judgement) for operation in comparison.operations],
        "refusals": [_refusal(refusal) for refusal in comparison.refusals],
        "rollout": comparison.rollout,
        "approvals": {
            "expired": [_approval(each) for each in judgement.expired],
            "outdated": [_approval(each) for each in judgement.outdated],
            "unused": [_approval(each) for each in judgement.unused],
        },
    }
    return json.dumps(data, indent=2, ensure_ascii=False)


def render_failure(label: str, found: Sequence[Diagnostic], files: Sequence[SourceFile], limit: str) -> str:
    """Return the object of a comparison that cannot be made: `errors`, as `bdc check --format json` shows them, and a verdict."""
    from bdc.diagnostics import render

    errors = json.loads(render.render_json(found, {file.path: file for file in files}))["diagnostics"]
    reason = f"fails: {label} cannot be read: {len(errors)} error{'' if len(errors) == 1 else 's'}"
    verdict = {"limit": limit, "fails": True, "reason": reason, "open": []}
    data = {"verdict": verdict, "side": label, "errors": errors, "changes": [], "operations": []}
    return json.dumps(data, indent=2, ensure_ascii=False)


def _verdict(verdict: GateVerdict, judgement: Judgement) -> dict[str, Any]:
    return {
        "limit": verdict.limit,
        "fails": verdict.fails,
        "reason": verdict.reason,
        "open": [
            {"code": each.code, "object": place_of(each), "pin": judgement.pin(each), "message": each.message}
            for each in verdict.open
        ],
    }


def _access(access: Access | None) -> dict[str, Any] | None:
    if access is None:
        return None
    return {
        "roles": access.roles,
        "action": access.action,
        "surfaces": access.surfaces,
        "example": dict(access.example) or None,
    }


def _change(change: Change, judgement: Judgement) -> dict[str, Any]:
    origin = change.origin
    return {
        "code": change.code,
        "surface": change.surface,
        "severity": change.severity,
        "bump": change.bump,
        "place": change.place,
        "message": change.message,
        "help": change.help or None,
        "origin": origin.model_dump() if origin else None,
        "security": change.security,
        "access": _access(change.access),
        "cause": change.cause or None,
        "pin": change.pin,
        "approved": _by(judgement.of(change)),
    }


def _operation(operation: Operation, judgement: Judgement) -> dict[str, Any]:
    return {
        "id": operation.id,
        "title": operation.title,
        "phase": operation.phase,
        "locks": operation.locks,
        "scans": operation.scans,
        "irreversible": operation.irreversible,
        "statements": operation.statements,
        "hazards": [
            {
                "code": hazard.code,
                "level": level(hazard),
                "object": hazard.object,
                "message": hazard.message,
                "pin": judgement.pin(hazard),
                "approved": _by(judgement.of(hazard)),
            }
            for hazard in operation.hazards
        ],
    }


def _refusal(refusal: Diagnostic) -> dict[str, Any]:
    return {"code": refusal.code, "message": refusal.message, "help": refusal.help or None}


def _by(approval: Approval | None) -> dict[str, str] | None:
    return None if approval is None else _approval(approval)


def _approval(approval: Approval) -> dict[str, str]:
    return {
        "code": approval.code,
        "object": approval.object,
        "reason": approval.reason,
        "approved_by": approval.approved_by,
        "expires": approval.expires.isoformat(),
        "pin": approval.pin,
    }
