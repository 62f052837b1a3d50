"""Single edits of systems that are unlike each other, each with the verdict that it must get."""

from tests.changes.behaviour_edits import BEHAVIOUR
from tests.changes.request_edits import REQUESTS
from tests.changes.system_edit import SystemEdit

__all__ = ["EDITS", "SystemEdit"]

EDITS = (*BEHAVIOUR, *REQUESTS)
