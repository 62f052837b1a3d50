"""Which roles gain or lose access.

What comes in: two systems; the permission matrix of each says what a role may do, whatever rules say so. What goes out: changes.
Rewriting rules without changing what they allow is no change.
"""

from bdc.changes.policy.access import policy_changes

__all__ = ["policy_changes"]
