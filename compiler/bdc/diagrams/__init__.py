"""Pictures of a system as SVG and as Mermaid text, the same bytes every time.

What comes in: `SystemIR`. What goes out: `picture(system, kind, form)`; the documents and `bdc graph` show the same ones. SVG is drawn by
own code, because no kept Python library lays out graphs without a program beside it: `canvas` (elements and their extent), `layers` (the
columns), `routes` (lines that pass behind no box), `entities`, `machine`, `sequence`, `permissions`, `architecture` (the pictures).
`mermaid` writes the same as text. Deliberately absent: files, and what a picture is for.
"""

from bdc.diagrams.entities import entity_diagram
from bdc.diagrams.kinds import KINDS
from bdc.diagrams.machine import machine_diagram
from bdc.diagrams.pictures import pictures
from bdc.diagrams.sequence import Message, sequence_diagram

__all__ = ["KINDS", "Message", "entity_diagram", "machine_diagram", "pictures", "sequence_diagram"]
