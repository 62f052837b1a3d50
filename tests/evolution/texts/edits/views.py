"""Views, and views that are kept."""

from tests.evolution.texts.edits.fields import plain
from tests.evolution.texts.model import Entity, Field, View
from tests.evolution.texts.writing import Writing, is_key

__all__ = ["add_view", "add_view_field", "drop_view", "drop_view_field", "keep_view", "rename_view"]


def _shown(draft: Writing, found: Field) -> str:
    mark = "?" if found.optional else ""
    return f"{draft.numbered('shown')}: {found.type}{mark} = o.{found.name}"


def _offered(entity: Entity) -> list[Field]:
    return [each for each in entity.fields if plain(each) and not is_key(each)]


def add_view(draft: Writing) -> bool:
    entity = draft.entity(lambda each: is_key(each.fields[0]) and bool(_offered(each)))
    if entity is None:
        return False
    key = entity.fields[0]
    fields = draft.random.sample(_offered(entity), draft.random.randint(1, len(_offered(entity))))
    shown = [f"{draft.numbered('key')}: {key.type} = o.{key.name}", *(_shown(draft, each) for each in fields)]
    number = draft.pick(each for each in fields if each.type == "int")
    where = f"o.{number.name} > 3" if number is not None and draft.maybe(0.3) else ""
    draft.spec.views.append(View(draft.numbered("Seen"), entity.name, shown, where, draft.maybe(0.25)))
    return True


def add_view_field(draft: Writing) -> bool:
    view = draft.pick(draft.spec.views)
    entity = draft.entity(lambda each: view is not None and each.name == view.entity)
    more = draft.pick(_offered(entity)) if entity is not None else None
    if view is None or more is None:
        return False
    view.shown.append(_shown(draft, more))
    return True


def drop_view_field(draft: Writing) -> bool:
    view = draft.pick(each for each in draft.spec.views if len(each.shown) > 2)
    if view is None:
        return False
    view.shown.pop(draft.random.randint(1, len(view.shown) - 1))
    return True


def keep_view(draft: Writing) -> bool:
    """Kept, or asked each time."""
    view = draft.pick(draft.spec.views)
    if view is None:
        return False
    view.materialized = not view.materialized
    return True


def rename_view(draft: Writing) -> bool:
    view = draft.pick(draft.spec.views)
    return view is not None and draft.rename(view.name, draft.numbered("Seen"))


def drop_view(draft: Writing) -> bool:
    view = draft.pick(draft.spec.views)
    if view is None:
        return False
    draft.spec.views.remove(view)
    if view.was is not None:
        draft.spec.dropped.append(f"dropped view {view.was}")
    return True
