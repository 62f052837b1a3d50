"""What a caller may give of a new row or a changed one."""

from bdc.ir.base import Node


class InputMember(Node):
    """A field a caller may give; `required` unless it has a default or may be null. `nested`: an owned collection's rows, which in an
    update take the place of those that are there. A collection without it is given by its rows' keys, or by the values of their
    field `by`; `creates`: rows that no value of theirs names are made. `called`: its name in requests, where it is another one."""

    field: str
    required: bool
    nested: "InputShape | None" = None
    by: str | None = None
    creates: bool = False
    called: str | None = None


class InputShape(Node):
    members: tuple[InputMember, ...]
