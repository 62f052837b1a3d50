"""bdc: one specification in, a whole backend out.

Read in this order: `pipeline.py` (the phases, aloud), then `syntax`, `model`, `lowering`, `ir`, `query`; the targets are
in the sibling package `bdc_emitters`. Imports only go down this staircase; `lint-imports` holds it.
"""

__version__ = "0.1.0"
