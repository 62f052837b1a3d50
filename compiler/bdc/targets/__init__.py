"""What a target cannot express: names of a specification that become equal there.

What comes in: the model (where things are written) and the IR (what they are). What goes out: facts for the diagnostics. It runs
once nothing else is wrong. Deliberately absent: how names are made; that is `bdc.naming`, which the emitters ask too.
"""

from bdc.targets.check import check_targets
from bdc.targets.citus import citus_misfits
from bdc.targets.production import missing_for_production

__all__ = ["check_targets", "citus_misfits", "missing_for_production"]
