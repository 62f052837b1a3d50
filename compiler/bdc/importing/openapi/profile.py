"""How the api of a document looks to its callers, as a `profile`."""

from bdc.importing.draft import Part, Unit
from bdc.source.records import dataclass

STATUS = {"list": "200", "get": "200", "create": "201", "update": "200", "delete": "204"}
SETTINGS = {"create": "created", "delete": "deleted"}


@dataclass(frozen=True, slots=True)
class Outside:
    """`envelope`: the member that holds what is answered ('': none), `wrapped`: what is given too; `put`: changes are PUT; `statuses`: those
    of a resource."""

    envelope: str
    wrapped: bool
    put: bool
    statuses: dict[str, str]

    def unit(self) -> Unit | None:
        """Return the profile; None where the api is a plain one."""
        lines = [f"envelope: {'true' if self.wrapped else 'answers'}"] if self.envelope else []
        lines += ["update: PUT"] if self.put else []
        lines += [
            f"{setting}: {self.statuses[word]}"
            for word, setting in SETTINGS.items()
            if self.statuses[word] != STATUS[word]
        ]
        if not lines:
            return None
        return Unit([Part("profile", needed=True)], [Unit([Part(line, needed=True)]) for line in lines])


PLAIN = Outside("", False, False, STATUS)
