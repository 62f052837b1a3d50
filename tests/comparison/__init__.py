"""`bdc diff`: its sides, its approvals, and what it shows."""
