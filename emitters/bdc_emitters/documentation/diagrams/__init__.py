"""Pictures as SVG, drawn by own code: layered boxes and arrows, dark on light, the same bytes every time.

`canvas` (elements and their extent), `layers` (who stands where), `entities`, `machine`, `sequence` (the pictures).
"""

from bdc_emitters.documentation.diagrams.entities import entity_diagram
from bdc_emitters.documentation.diagrams.machine import machine_diagram
from bdc_emitters.documentation.diagrams.sequence import Message, sequence_diagram

__all__ = ["Message", "entity_diagram", "machine_diagram", "sequence_diagram"]
