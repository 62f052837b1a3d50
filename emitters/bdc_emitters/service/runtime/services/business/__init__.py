"""Yours: the bodies of custom operations. A build writes a file once, for an operation it does not know yet, and never again.

Beside them are generated: `contexts` (what each operation is given), `errors` (what it may raise), `handlers` (which function
runs which operation). A type checker points at the specification when a signature no longer fits.
"""
