"""Values of enums that are stored otherwise: `mon @value("1")` becomes `mon @value("Mo")`, under the same name."""

from bdc.ir import EnumDecl, EnumValue, SystemIR
from bdc.ir.entity import label_of


def with_former_labels(before: SystemIR, after: SystemIR) -> SystemIR:
    """Return `after`, in which a value that was stored otherwise in `before` has that text among its former names: rows follow as they do
    when a value is renamed. A text that stands for another value now is left alone."""
    earlier = {enum.name: enum for enum in before.enums}
    enums = []
    for enum in after.enums:
        old = next((earlier[name] for name in (enum.name, *enum.was) if name in earlier), None)
        enums.append(enum if old is None else _told(old, enum))
    if all(was is now for was, now in zip(after.enums, enums, strict=True)):
        return after
    return after.model_copy(update={"enums": tuple(enums)})


def _told(old: EnumDecl, new: EnumDecl) -> EnumDecl:
    labels, taken = (
        {value.name: label_of(value) for value in old.values},
        {label_of(value) for value in new.values},
    )
    values = tuple(_value(labels, taken, value) for value in new.values)
    return new if values == new.values else new.model_copy(update={"values": values})


def _value(labels: dict[str, str], taken: set[str], value: EnumValue) -> EnumValue:
    was = next((labels[name] for name in (value.name, *value.was) if name in labels), None)
    if was is None or was in taken or was in value.was:
        return value
    return value.model_copy(update={"was": (*value.was, was)})
