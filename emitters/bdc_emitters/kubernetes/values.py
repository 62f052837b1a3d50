"""Values that a deployment takes from its environment (`env("NAME")`): a file of names, and where each value goes.

`deploy.sh` fills `values.env` from its own environment, and refuses to go on without one of them.
"""

from collections.abc import Iterator

from bdc.ir import DeployText
from bdc.source.records import dataclass
from bdc_emitters.kubernetes.alerts import receivers
from bdc_emitters.kubernetes.configuration import identity_texts
from bdc_emitters.kubernetes.facts import Facts, Manifest

VALUES = "values"


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a manifest that takes the value of a variable."""

    variable: str
    kind: str
    name: str
    path: str


def variables(facts: Facts) -> tuple[str, ...]:
    """Return the names of the variables that this deploy needs."""
    return tuple(dict.fromkeys(place.variable for place in _places(facts)))


def values_file(facts: Facts) -> str:
    """Return `values.env`: the names, without values."""
    return "".join(f"{name}=\n" for name in variables(facts))


def values_generator() -> Manifest:
    """Return what reads `values.env`; it leaves nothing in the cluster."""
    local = {"config.kubernetes.io/local-config": "true"}
    options = {"disableNameSuffixHash": True, "annotations": local}
    return {"name": VALUES, "envs": ["values.env"], "options": options}


def replacements(facts: Facts) -> list[Manifest]:
    """Return where each value goes."""
    return [
        {
            "source": {"kind": "ConfigMap", "name": VALUES, "fieldPath": f"data.{variable}"},
            "targets": [
                {"select": {"kind": place.kind, "name": place.name}, "fieldPaths": [place.path]}
                for place in _places(facts)
                if place.variable == variable
            ],
        }
        for variable in variables(facts)
    ]


def _places(facts: Facts) -> Iterator[Place]:
    for text, kind, suffix, path in _texts(facts):
        if text is not None and text.variable:
            yield Place(text.variable, kind, facts.name + suffix, path)


def _texts(facts: Facts) -> Iterator[tuple[DeployText | None, str, str, str]]:
    """Yield what may come from the environment, and the manifest and field it belongs to."""
    deploy = facts.deploy
    for variable, text in identity_texts(facts).items():
        yield text, "ConfigMap", "-config", f"data.{variable}"
    if not facts.database.embedded:
        yield from ((deploy.host, *place) for place in _host_places(facts))
    if deploy.backup is not None:
        yield deploy.backup.store, "ObjectStore", "-backup", "spec.configuration.destinationPath"
        yield deploy.backup.endpoint, "ObjectStore", "-backup", "spec.configuration.endpointURL"
    for at, text in enumerate(receivers(facts).values()):
        yield text, "AlertmanagerConfig", "", f"spec.receivers.{at}.webhookConfigs.0.url"


def _host_places(facts: Facts) -> list[tuple[str, str, str]]:
    if facts.deploy.ingress is not None:
        paths = ("spec.rules.0.host", "spec.tls.0.hosts.0")
        return [("Ingress", "", path) for path in paths]
    found = [("HTTPRoute", "", "spec.hostnames.0")]
    has_certificate = facts.deploy.tls is not None and facts.deploy.tls.issuer is not None
    return [*found, ("Certificate", "-tls", "spec.dnsNames.0")] if has_certificate else found
