"""Exit codes: the same for every command, and documented in the README."""

OK = 0
SPEC = 1  # the specification has errors (or `fmt --check` found files to format)
USAGE = 2  # the command line is wrong (click's own code)
CONFLICT = 3  # the output folder holds something a build must not overwrite; nothing was written
OUTSIDE = 4  # something outside failed: a port in use, a database that does not answer, a disk that is full
CHANGES = 5  # `diff --fail-on` found a change without approval
ROWS = 6  # rows do not allow a migration, which changed nothing
INTERNAL = 70  # a defect of bdc
