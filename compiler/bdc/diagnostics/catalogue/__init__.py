"""The list of diagnostics: each is declared once, with its code, severity, page and words; one module for each group of codes.

A second fact with the same code has a `variant` beside the first. `listed.DECLARED` is the whole list. To word a message,
edit it here; `tests/broken/ALL.txt` shows every rendering.
"""
