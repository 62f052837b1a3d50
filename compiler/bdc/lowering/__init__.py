"""The only bridge from the language to the IR; after it the language is forgotten.

What comes in: a model without errors. What goes out: one `SystemIR`, in which every default is explicit, every name in the
database is decided, order is fixed, and each declared node carries its origin. Deliberately absent: judgement (a model that
analysis refused is never lowered), SQL, and any target.
"""

from bdc.lowering.lower import lower

__all__ = ["lower"]
