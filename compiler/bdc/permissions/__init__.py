"""Permissions explained: the matrix as text and HTML, which rules decide one case, and what another version changes.

What comes in: `SystemIR`, and for one row a database that is made from it with its seeds. What goes out: text, HTML and data for `bdc
policy`. The matrix itself is `bdc.policy.matrix`; what changes is `bdc.changes.policy`. Deliberately absent: another reading of rules.
`matrix_page` shows all, `why` explains one case, `row` decides it for a row.
"""
