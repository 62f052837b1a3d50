"""`make bench`: the emitted service beside a hand-written one, side by side in one run, and the compiler's own speed.

Ratios are the finding; absolute numbers belong to the machine. Read `__main__` (what is printed), `cases` (what is asked),
`answers` (that both say the same), `measure` (rounds), `load` (the client), `data` (rows), `stage` and `peers` (the servers),
`compiler` (build times).
"""
