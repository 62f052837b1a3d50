"""What rows show and how an api looks: both name what is there, and no two things alike."""

from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.relations import BadProfile, BadShow
from bdc.model.nodes.api import Api, Operation, Resource
from bdc.model.nodes.policy import Word
from bdc.model.versions import main_resource
from bdc.naming.casing import camel
from bdc.source import Span


def profiles(model: Model) -> Iterator[Fact]:
    """Report shows that no answer has, and profiles that do not fit."""
    for api in model.apis:
        for resource in api.resources:
            yield from _shows(api, resource)
            yield from _envelope(api, resource.envelope, resource.span)
            if resource.bulk and api.profile is not None:
                help_ = "remove `@bulk`, or write the resource in an api without a profile"
                yield BadProfile(
                    resource.entity, "calls for many rows have one form only", help_, resource.span
                )
        for operation in _operations(api):
            yield from _envelope(api, operation.envelope, operation.span)
        yield from _settings(model, api)
        yield from _alike(model, api)
        yield from _taken(model, api)


def _operations(api: Api) -> Iterator[Operation]:
    yield from api.operations
    for resource in api.resources:
        yield from resource.custom


def _shows(api: Api, resource: Resource) -> Iterator[BadShow]:
    singles = [each for each in api.resources if each.single is not None and each.entity == resource.entity]
    asked = {each.field for each in resource.expand}
    for show in resource.shows:
        if show.position == "list" and not resource.offers("list"):
            yield BadShow(resource.entity, "nothing lists its rows", "remove `show list`", show.span)
        beside = main_resource(api, resource.entity) is not resource
        if show.position == "self" and (resource.single is not None or beside or not singles):
            help_ = "write `show { … }`" if resource.single is not None else "add a resource with `@single`"
            yield BadShow(resource.entity, "the row of the caller has no path here", help_, show.span)
        if show.position == "self" and any(each.shows for each in singles):
            yield BadShow(resource.entity, "its own resource says it", "write it once", show.span)
        for member in show.members:
            if member.members is not None and member.field in asked:
                help_ = f"remove `{member.field}` from `expand`"
                yield BadShow(member.field, "callers ask for it by `expand`", help_, member.span)


def _envelope(api: Api, names: tuple[Word, ...], span: Span) -> Iterator[BadProfile]:
    for word in names[1:]:
        if word.text in ("nextCursor", "next_cursor"):
            yield BadProfile(word.text, "pages have such a member", "name another one", word.span)
    if any(names) and (api.profile is None or not api.profile.envelope):
        help_ = "write `profile { envelope: true }` in the api, or remove it"
        yield BadProfile("@envelope", f"`{api.name}` has no envelopes", help_, span)


def _settings(model: Model, api: Api) -> Iterator[BadProfile]:
    profile, span = api.profile, api.profile_span
    if profile is None or span is None:
        return
    sign_in = model.identity.sign_in if model.identity is not None else None
    if profile.scheme is not None and "bearer" not in api.auth:
        yield BadProfile("scheme", "the api takes no tokens", "write `auth bearer`", span)
    serves = next((each.name for each in model.apis if "bearer" in each.auth), None) == api.name
    for name in ("sign_up", "sign_in", "token", "password"):
        if getattr(profile, name) is not None and (sign_in is None or not serves):
            yield BadProfile(name, "callers do not sign in here", f"remove `{name}`", span)
    if profile.sign_up is not None and sign_in is not None and sign_in.sign_up is None:
        yield BadProfile("sign_up", "callers cannot sign up", "write `sign_up …` in `identity`", span)
    posts = {f"{each.path}" for each in api.resources if each.offers("create") and each.single is None}
    posts |= {
        each.http.path for each in _operations(api) if each.http is not None and each.http.method == "POST"
    }
    for name in ("sign_up", "sign_in"):
        if getattr(profile, name) in posts or profile.sign_up == profile.sign_in is not None:
            yield BadProfile(name, "something else is at this path", "name another path", span)
    if profile.token is not None and sign_in is not None and sign_in.refresh:
        help_ = "write `issue` without `refresh`, or remove `token`"
        yield BadProfile("token", "no answer would have the refresh token", help_, span)
    if profile.password is not None and sign_in is not None and not _has_own(model, api, "update"):
        help_ = "add a resource of the callers with `@single` that offers `update`"
        yield BadProfile("password", "the row of the caller is not changed here", help_, span)
    if profile.token is not None and sign_in is not None and not _has_own(model, api):
        help_ = "add a resource of the callers with `@single` that offers `get`"
        yield BadProfile("token", "no answer is about the caller", help_, span)


def _taken(model: Model, api: Api) -> Iterator[BadProfile]:
    """Names of a profile that a member has already."""
    profile, span = api.profile, api.profile_span
    entity = model.entities.get(model.identity.entity) if model.identity is not None else None
    if profile is None or span is None or entity is None:
        return
    write = camel if profile.names == "camel" else str
    for resource in api.resources:
        if resource.single is None or resource.entity != entity.name:
            continue
        shown = [each.field for show in resource.shows for each in show.members]
        names = {"token": shown or [field.name for field in entity.fields]}
        names["password"] = [each.field for each in resource.update or ()] or names["token"]
        for setting, members in names.items():
            if getattr(profile, setting) in {write(name) for name in members}:
                why = f"`{getattr(profile, setting)}` is a member of `{entity.name}`"
                yield BadProfile(setting, why, "name another member", span)


def _has_own(model: Model, api: Api, verb: str = "get") -> bool:
    entity = model.identity.entity if model.identity is not None else None
    return any(
        each.single is not None and each.entity == entity and each.by is None and each.offers(verb)
        for each in api.resources
    )


def _alike(model: Model, api: Api) -> Iterator[BadProfile]:
    """Names that differ in the model and not in JSON."""
    profile, span = api.profile, api.profile_span
    if profile is None or span is None or profile.names != "camel":
        return
    spaces = [(entity.name, [each.name for each in entity.fields]) for entity in model.entities.values()]
    spaces += [(struct.name, [each.name for each in struct.fields]) for struct in model.structs.values()]
    spaces += [(each.name, [p.name for p in each.parameters]) for each in _operations(api)]
    spaces += [(f"filter of {each.entity}", _asked(each)) for each in api.resources]
    for owner, names in spaces:
        seen: dict[str, str] = {}
        for name in names:
            first = seen.setdefault(camel(name), name)
            if first != name:
                why = f"`{first}` of `{owner}` is `{camel(name)}` too"
                yield BadProfile(name, why, "rename one of the two, or write `names: snake`", span)


def _asked(resource: Resource) -> list[str]:
    """Return how callers write the filters of a resource."""
    return [each.called.text if each.called is not None else each.path for each in resource.filters]
