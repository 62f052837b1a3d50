"""The layers that enforce a policy, each on its own. A test gives one of them another reading of the rules, to see that it is noticed."""

from collections.abc import Mapping
from enum import StrEnum

from bdc.ir import SystemIR


class Layer(StrEnum):
    """`reads` and `writes`: the statements; `rows`: row level security; `triggers`: what it cannot say; `permissions`: the service."""

    READS = "reads"
    WRITES = "writes"
    ROWS = "rows"
    TRIGGERS = "triggers"
    PERMISSIONS = "permissions"


# For each layer the system whose rules it enforces; a layer that is not in it enforces those of the system that is compiled.
Readings = Mapping[Layer, SystemIR]
