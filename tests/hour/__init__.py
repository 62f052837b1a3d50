"""A newcomer's first hour, executed: `python -m tests.hour` runs it and prints what each step printed."""
