"""For programs: the same facts as data."""

import json
from typing import Any

from bdc.changes import Change
from bdc.comparison.approvals import Approval, Judgement
from bdc.comparison.compare import Comparison
from bdc.diagnostics import Diagnostic
from bdc.plan import Operation


def render_json(comparison: Comparison, judgement: Judgement) -> str:
    """Return one object: `old`, `new`, `severity`, `bump`, `changes`, `operations`, `refusals`, `rollout`, `approvals`."""
    data = {
        "old": comparison.old.label,
        "new": comparison.new.label,
        "severity": comparison.severity,
        "bump": comparison.bump,
        "notes": comparison.notes,
        "changes": [_change(change, judgement) for change in comparison.changes],
        "operations": [_operation(operation, judgement) for operation in comparison.operations],
        "refusals": [_refusal(refusal) for refusal in comparison.refusals],
        "rollout": comparison.rollout,
        "approvals": {
            "expired": [_approval(each) for each in judgement.expired],
            "unused": [_approval(each) for each in judgement.unused],
        },
    }
    return json.dumps(data, indent=2, ensure_ascii=False)


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
                "object": hazard.object,
                "message": hazard.message,
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
    }
