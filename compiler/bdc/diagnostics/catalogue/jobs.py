"""E44: jobs, and the mails that they send."""

from bdc.diagnostics.declared import Declared

UNFIT_JOB = Declared("E440", "unfit-job", "{what}", label="{why}", help="{help}")
UNFIT_MAIL = Declared("E444", "unfit-mail", "{what}", label="{why}", help="{help}")
