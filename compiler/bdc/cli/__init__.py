"""What a person touches: arguments, terminal output and exit codes. No work of its own.

`main.py` lists the commands; each is one file in `commands/`, imported only when it is called. `report.py` shows
diagnostics, `exits.py` documents the exit codes, `compile.py` is what most commands begin with.
"""
