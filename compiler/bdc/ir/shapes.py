"""What a caller may give of a new row or a changed one."""

from bdc.ir.base import Node


class InputMember(Node):
    """A field a caller may give; `required` unless it has a default or may be null. `nested`: an owned collection's rows."""

    field: str
    required: bool
    nested: "InputShape | None" = None


class InputShape(Node):
    members: tuple[InputMember, ...]
