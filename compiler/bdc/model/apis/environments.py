"""Facts of an environment: where the image is kept, which name it answers to, which secrets, backups and alerts it has."""

import re
from collections.abc import Callable, Iterator, Sequence

from bdc.model.apis.readers import (
    Reader,
    Readers,
    Settings,
    bytes_of,
    choice,
    duration,
    ends,
    matching,
    number,
    read_settings,
    told,
    whole,
)
from bdc.model.context import ResolveContext
from bdc.model.nodes.deploy import Target
from bdc.source import Span
from bdc.syntax import ast

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL.pattern}(\.{_LABEL.pattern})+", re.ASCII)
_IMAGE = re.compile(r"[a-z0-9]+([._/-]+[a-z0-9]+)*")
_REGISTRY = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*")
_URL = re.compile(r"https://[^\s/?#@]+(/[^\s]*)?")
_STORE = re.compile(r"(s3|gs)://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^\s]*)?")
_PLAIN = re.compile(r"[^\s\"'\\]+")
_CRON_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_CRON_PART = re.compile(r"(?:\*|(\d+)(?:-(\d+))?)(?:/([1-9]\d*))?", re.ASCII)


def deploy_facts(context: ResolveContext, entries: Sequence[ast.Entry], place: str) -> tuple[Target, ...]:
    """Return what a deploy says of its environment: one target, whose settings have the names of `bdc.ir.Deploy`
    (`host`, `backup.store`). Reports what cannot be read."""
    groups: Readers = {
        name: (f"settings in braces (`{{ {example} }}`)", _group(context, name, readers))
        for name, (example, readers) in _GROUPS.items()
    }
    settings = read_settings(context, entries, {**_SINGLES, **groups}, place)
    return (Target("fact", "", settings, entries[0].span, tuple(_places(entries))),) if settings else ()


def _places(entries: Sequence[ast.Entry]) -> Iterator[tuple[str, Span]]:
    for entry in entries:
        yield entry.name.text, entry.span
        for inner in entry.value.entries if isinstance(entry.value, ast.ObjectLiteral) else ():
            if isinstance(inner, ast.Entry):
                yield f"{entry.name.text}.{inner.name.text}", inner.span


def _group(context: ResolveContext, name: str, readers: Readers) -> Reader:
    def read(value: ast.Expr) -> Settings | None:
        if not isinstance(value, ast.ObjectLiteral) or (name == "valkey" and not value.entries):
            return None
        found = read_settings(context, value.entries, readers, f"`{name}`")
        return {f"{name}.{setting}": item for setting, item in found}

    return read


def _like(pattern: "re.Pattern[str]") -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


def _is_cron(text: str) -> bool:
    """Five fields of numbers within their bounds: minute, hour, day, month, day of the week."""
    fields = text.split()
    return len(fields) == 5 and all(
        _is_cron_field(field, *bounds) for field, bounds in zip(fields, _CRON_BOUNDS, strict=True)
    )


def _is_cron_field(text: str, low: int, high: int) -> bool:
    for part in text.split(","):
        found = _CRON_PART.fullmatch(part)
        numbers = [int(number) for number in found.groups()[:2] if number is not None] if found else [-1]
        if not all(low <= number <= high for number in numbers) or numbers != sorted(numbers):
            return False
    return True


_SINGLES: Readers = {
    "namespace": (
        'a name of small letters, digits and dashes (`"shop"`)',
        matching("namespace", _like(_LABEL)),
    ),
    "region": ('the name of a region (`"eu-central-1"`)', matching("region", _like(_PLAIN))),
    "registry": (
        'a registry without a scheme (`"ghcr.io/acme"`), or `env("NAME")`',
        told("registry", _like(_REGISTRY)),
    ),
    "image": ('the name of the image in the registry (`"shop"`)', matching("image", _like(_IMAGE))),
    "host": ('a host name (`"api.example.com"`), or `env("NAME")`', told("host", _like(_HOST))),
}
_HTTPS = 'an https address (`"https://…"`), or `env("NAME")`'
_TLS: Readers = {
    "issuer": ('the ClusterIssuer of cert-manager (`"letsencrypt"`)', matching("issuer", _like(_LABEL))),
    "secret": ('the Secret that holds the certificate (`"shop-tls"`)', matching("secret", _like(_LABEL))),
}
_GATEWAY: Readers = {
    "name": ('the name of the Gateway (`"public"`)', matching("name", _like(_LABEL))),
    "namespace": ("the namespace of the Gateway", matching("namespace", _like(_LABEL))),
    "listener": ('the listener of the Gateway (`"https"`)', matching("listener", _like(_LABEL))),
}
_INGRESS: Readers = {
    "class": ('the IngressClass (`"nginx"`)', matching("ingress_class", _like(_LABEL))),
    "namespace": ("the namespace of the controller", matching("namespace", _like(_LABEL))),
}
_IDENTITY: Readers = {
    "issuer": (_HTTPS, told("issuer", _like(_URL))),
    "jwks": (_HTTPS, told("jwks", _like(_URL))),
    "audience": ('the audience of the tokens, or `env("NAME")`', told("audience", _like(_PLAIN))),
}
_SECRETS: Readers = {
    "store": ('the name of the secret store (`"vault"`)', matching("store", _like(_LABEL))),
    "scope": (
        "`cluster` (ClusterSecretStore) or `namespace` (SecretStore)",
        choice("scope", "cluster", "namespace"),
    ),
    "path": ('where the secrets are in the store (`"shop/production"`)', matching("path", _like(_PLAIN))),
}
_BACKUP: Readers = {
    "store": ('a bucket (`"s3://acme-backups/shop"`), or `env("NAME")`', told("store", _like(_STORE))),
    "endpoint": (_HTTPS, told("endpoint", _like(_URL))),
    "access": (
        "`secret` (keys of the store) or `role` (the identity of the pods)",
        choice("access", "secret", "role"),
    ),
    "schedule": ('five fields of cron (`"0 2 * * *"`)', matching("schedule", _is_cron)),
    "retention": ("how long backups are kept, in whole days (`30d`)", duration("retention", least=86_400)),
    "rpo": ("how much may be lost, a second or more (`5m`)", duration("rpo", least=1)),
    "rto": ("how long a restore may take (`1h`)", duration("rto", least=1)),
}
_ALERTS: Readers = {
    "page": (_HTTPS, told("page", _like(_URL))),
    "ticket": (_HTTPS, told("ticket", _like(_URL))),
}
_POOLER: Readers = {
    "replicas": ("how many poolers (`2`)", whole("replicas", 1)),
    "cpu": ("cores, or a range of them (`0.1..1`)", ends("cpu_request", "cpu_limit", number)),
    "memory": ("a size, or a range (`64Mi..128Mi`)", ends("memory_request", "memory_limit", bytes_of)),
}
_VALKEY: Readers = {
    "cpu": ("cores, or a range of them (`0.05..0.5`)", ends("cpu_request", "cpu_limit", number)),
    "memory": ("a size, or a range (`64Mi..128Mi`)", ends("memory_request", "memory_limit", bytes_of)),
}
_GROUPS: dict[str, tuple[str, Readers]] = {
    "tls": ('issuer: "letsencrypt"', _TLS),
    "gateway": ('name: "public"', _GATEWAY),
    "ingress": ('class: "nginx"', _INGRESS),
    "identity": ('issuer: "https://…"', _IDENTITY),
    "secrets": ('store: "vault"', _SECRETS),
    "backup": ('store: "s3://…"  schedule: "0 2 * * *"', _BACKUP),
    "alerts": ('page: "https://…"', _ALERTS),
    "pooler": ("replicas: 2", _POOLER),
    "valkey": ("memory: 64Mi..128Mi", _VALKEY),
}
