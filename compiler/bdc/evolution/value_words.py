"""What a specification says about the past of values inside columns, as hints for the plan."""

from collections.abc import Iterator

from bdc.ir import SystemIR
from bdc.plan.hints import ValueLabel, ValueMember, ValueRemoval, ValueSeal, ValueWord
from bdc.schema.value_history import LabelFact, MemberFact, RemovalFact, SealFact, value_history


def value_words(system: SystemIR) -> Iterator[ValueWord]:
    """Yield what `system` says of members of structs, and of values of enums in lists and structs."""
    for fact in value_history(system):
        match fact:
            case MemberFact():
                yield ValueMember(fact.table, fact.column, fact.path, fact.was, fact.value)
            case RemovalFact():
                yield ValueRemoval(fact.table, fact.column, fact.path, fact.archive)
            case SealFact():
                yield ValueSeal(fact.table, fact.column, fact.place, fact.by_row)
            case LabelFact():
                yield ValueLabel(fact.enum, fact.old, fact.new)
