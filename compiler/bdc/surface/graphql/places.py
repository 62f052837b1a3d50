"""Where the schema of each api stands in the output: that of the first in `api/graphql`, that of every other one in a folder there."""

from bdc.ir import Api, SystemIR
from bdc.naming.casing import snake
from bdc.naming.distinct import aside
from bdc.naming.dns import label
from bdc.naming.python import KEYWORDS
from bdc.source.records import dataclass

_TAKEN = KEYWORDS | {
    *("assemble", "context", "documents", "engine", "enums", "extensions", "nodes"),
    *("paging", "schema", "structs", "table", "types"),
    *("Route", "SETTINGS", "Settings", "endpoint", "routes"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """`package`: that of the generated modules. `text`: the file of its text in the documentation. `route`: what its endpoint is called in
    logs and metrics. `module`: the last part of the package."""

    package: str
    text: str
    route: str
    module: str = ""

    @property
    def folder(self) -> str:
        """The folder of the package."""
        return self.package.replace(".", "/")


FIRST = Place("api.graphql", "schema.graphql", "graphql")


def places(system: SystemIR) -> tuple[tuple[Api, Place], ...]:
    """Return the apis that offer GraphQL, each with its place."""
    offering = [api for api in system.apis if api.graphql is not None]
    return tuple((api, FIRST if api is offering[0] else _place(api)) for api in offering)


def _place(api: Api) -> Place:
    module = aside(snake(api.name), _TAKEN)
    text = f"schema-{'-'.join(map(label, api.place))}.graphql"
    return Place(f"api.graphql.{module}", text, f"graphql_{module}", module)
