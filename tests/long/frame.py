"""What the parts of a random system stand in, and what each of them gives."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Part:
    """`entities` may bring enums, structs, machines, errors and views too; `resources` stand in an api."""

    entities: str
    policies: str
    resources: str


@dataclass(frozen=True)
class Frame:
    """What the parts of one system stand in."""

    chance: Random
    tenanted: bool

    @property
    def held(self) -> str:
        return "  house: House @tenant @immutable\n" if self.tenanted else ""

    @property
    def scope(self) -> str:
        return "scope house == actor.house  " if self.tenanted else ""

    def maybe(self, text: str, likely: float = 0.5) -> str:
        return text if self.chance.random() < likely else ""

    def one(self, *texts: str) -> str:
        return self.chance.choice(texts)

    def readers(self) -> str:
        return "guest" if self.tenanted else self.one("guest", "anonymous, guest")

    def open_policy(self, *entities: str, actions: str = "read, create, update, delete") -> str:
        """Return a policy by which staff may do everything, and guests read."""
        return f"policy {', '.join(entities)} {{ {self.scope}allow {actions} to staff  allow read to {self.readers()} }}"


def snake_case(name: str) -> str:
    """`Tree1A` is `tree1_a` in the language's own spelling."""
    spelled = "".join(f"_{each.lower()}" if each.isupper() else each for each in name)
    return spelled.removeprefix("_")
