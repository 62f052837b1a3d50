"""E44: other services."""

from bdc.diagnostics.declared import Declared

UNFIT_EXTERNAL = Declared("E441", "unfit-external", "{what}", label="{why}", help="{help}")
HELD_OVER_CALL = Declared(
    "E442",
    "held-over-call",
    "{caller} holds a transaction while it calls `{called}`",
    label="locks and a connection wait for another service",
    help="{help}",
)
OVER_DEADLINE = Declared(
    "E443",
    "over-deadline",
    "calls of {caller} can take {longest}, and it has {most}",
    label="attempts × `timeout`, and the pauses between them",
    help="{help}",
)
