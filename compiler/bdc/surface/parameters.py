"""What a filter is called in a query string."""

from bdc.ir import Resource


def filter_parameter(resource: Resource, name: str, operator: str) -> str:
    """Return the parameter of a filter on the member `name`: `status`, `created_at[gte]`. Where the list has a parameter of that
    name already (`limit`, `cursor` or `offset`, `sort`, `q`, `expand`, `total`) a filter says its operator: `limit[eq]`."""
    if operator == "eq" and name not in _of_every_list(resource):
        return name
    return f"{name}[{operator}]"


def related_parameter(resource: Resource, name: str) -> str:
    """Return the parameter of a filter on a collection, which takes keys: `tags`."""
    return f"{name}[in]" if name in _of_every_list(resource) else name


def _of_every_list(resource: Resource) -> set[str]:
    page = resource.page
    total = page.total and page.kind == "cursor"
    optional = {
        "sort": resource.sorts,
        "q": resource.search,
        "nearest": resource.nearest,
        "_distance": resource.nearest,
        "expand": resource.expand,
        "total": total,
    }
    optional |= {"fields": resource.selectable}
    return {"limit", page.kind, *(name for name, there in optional.items() if there)}
