"""The targets: one folder each; IR in, files out.

No file system, no clock, no other emitter: an emitter sees `SystemIR` and what `EmitContext` shares (the compiled
operations). `registry.py` lists them in order; third parties add theirs by the entry point group `bdc.emitters`.
"""
