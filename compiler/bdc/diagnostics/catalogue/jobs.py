"""E44: jobs."""

from bdc.diagnostics.declared import Declared

UNFIT_JOB = Declared("E440", "unfit-job", "{what}", label="{why}", help="{help}")
