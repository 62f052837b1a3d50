"""Single edits of systems that are unlike each other, each with the verdict that it must get."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SystemEdit:
    """`says`: `code place` that must be among the changes when `old` becomes `new`. `worst`: the gravest severity of all of them.
    `passes`: whether `--fail-on breaking` lets it pass."""

    system: str
    name: str
    old: str
    new: str
    says: tuple[str, ...]
    worst: str

    @property
    def passes(self) -> bool:
        return self.worst != "breaking"


def edit(system: str, name: str, old: str, new: str, *says: str, worst: str = "breaking") -> SystemEdit:
    return SystemEdit(system, name, old, new, says, worst)
