"""Performance: requests that grow with the number of rows."""

from collections.abc import Iterator

from bdc.ir import Aggregate, ComputedField, ExpandNode, SqlBody
from bdc.review.rule import Hit, Rule, Subject

_MOST_ROWS, _MOST_EXPANDED, _DEFAULT = 500, 500, 100


def large_pages(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        if resource.page.max > _MOST_ROWS:
            yield Hit(f"{resource.entity}: max {resource.page.max}", resource.origin)


def large_default(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        if resource.page.default > _DEFAULT:
            yield Hit(f"{resource.entity}: default {resource.page.default}", resource.origin)


def _expands(nodes: tuple[ExpandNode, ...], depth: int = 1) -> Iterator[tuple[ExpandNode, int]]:
    for node in nodes:
        many = depth + (node.max is not None)
        yield node, many
        yield from _expands(node.children, many)


def large_expands(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        for node, _ in _expands(resource.expand):
            if (node.max or 0) > _MOST_EXPANDED:
                yield Hit(f"{resource.entity}.{node.field}: max {node.max}", resource.origin)


def multiplied_expands(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        product = resource.page.max
        for node, _ in _expands(resource.expand):
            if node.max is not None and product * node.max > 100_000:
                yield Hit(f"{resource.entity}.{node.field}: {product} × {node.max} rows", resource.origin)


def counted_totals(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        if resource.page.total and subject.big(resource.entity, 1_000_000):
            yield Hit(resource.entity, resource.origin)


def contained_text(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        for each in resource.filters:
            if "contains" in each.operators and subject.big(resource.entity):
                yield Hit(f"{resource.entity}.{each.path}", resource.origin)


def negated_filters(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        for each in resource.filters:
            if "ne" in each.operators and subject.big(resource.entity):
                yield Hit(f"{resource.entity}.{each.path}", resource.origin)


def aggregated_lists(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        for field in subject.system.entity(resource.entity).fields:
            live = isinstance(field, ComputedField) and field.column is None
            if live and isinstance(getattr(field, "expr", None), Aggregate) and subject.big(resource.entity):
                yield Hit(f"{resource.entity}.{field.name}", field.origin)


def sorted_by_computed(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        entity = subject.system.entity(resource.entity)
        for name in resource.sorts:
            field = next((each for each in entity.fields if each.name == name), None)
            if isinstance(field, ComputedField) and field.column is None and subject.big(resource.entity):
                yield Hit(f"{resource.entity}.{name}", resource.origin)


def counted_pages(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        if resource.page.kind == "offset" and subject.big(resource.entity):
            yield Hit(resource.entity, resource.origin)


def no_load(subject: Subject) -> Iterator[Hit]:
    if subject.system.apis and not subject.rows:
        yield Hit(subject.system.name)


def undeclared_rows(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        if "list" in resource.operations and subject.rows and resource.entity not in subject.rows:
            yield Hit(resource.entity, resource.origin)


def undeclared_requests(subject: Subject) -> Iterator[Hit]:
    declared = {entry.name for entry in subject.system.load.rps}
    for api in subject.system.apis:
        if subject.rows and api.name not in declared:
            yield Hit(api.name, api.origin)


def unlimited_sql(subject: Subject) -> Iterator[Hit]:
    for name, operation in subject.operations():
        many = operation.returns is not None and operation.returns.kind == "array"
        if isinstance(operation.body, SqlBody) and many and "limit" not in operation.body.sql.lower():
            yield Hit(name, operation.origin)


def slow_target(subject: Subject) -> Iterator[Hit]:
    for deploy, service in subject.services():
        if service.latency_p95 is not None and service.latency_p95 > 2:
            yield Hit(f"{deploy.name}: {service.latency_p95:g} s", deploy.origin)


_PAGE = "page cursor(default: 20, max: 100)"
_COMPUTED = (
    "  lines: Line[] @inverse(order) @owned\n",
    "  lines: Line[] @inverse(order) @owned\n  pieces: int @computed(count(lines))\n",
)
PERFORMANCE: tuple[Rule, ...] = (
    Rule("P01", "a page may be very large", "One request reads and writes thousands of rows.", "Write `max: 100`.", 1, large_pages,
         ((_PAGE, "page cursor(default: 20, max: 501)"), ("lines(max: 200)", "lines(max: 20)"))),
    Rule("P02", "a page is large by default", "Clients that say nothing get them all.", "Write `default: 20`.", 1, large_default,
         ((_PAGE, "page cursor(default: 200, max: 200)"),)),
    Rule("P03", "many related rows come along", "Each row of a page brings hundreds.", "Write a lower `max`, or a resource of their own.", 1, large_expands,
         ((_PAGE, "page cursor(default: 20, max: 50)"), ("lines(max: 200)", "lines(max: 600)"))),
    Rule("P04", "a page with its related rows is very large", "The rows of a page times those of a relation are what one answer holds.",
         "Lower `max` of the page or of the relation.", 2, multiplied_expands, (("lines(max: 200)", "lines(max: 2000)"), (_PAGE, "page cursor(default: 20, max: 100)"))),
    Rule("P05", "a big table is counted", "`totalCount` reads every row that the caller may see.", "Remove `total: true`.", 2, counted_totals,
         ((_PAGE, "page cursor(default: 20, max: 100, total: true)"),)),
    Rule("P06", "a part of a text is sought in a big table", "`contains` reads every row: a B-tree finds beginnings only.",
         "Use `search`, or an index `using gin (… with gin_trgm_ops)`.", 2, contained_text,
         (("filter status, created_at(range)", "filter status, created_at(range), note(contains)"),)),
    Rule("P07", "rows are filtered by what they are not", "Almost every row passes `ne`: no index serves it.", "Offer the values that callers need.", 1, negated_filters,
         (("filter status, created_at(range)", "filter status(eq, ne), created_at(range)"),)),
    Rule("P08", "each row of a list counts others", "A computed aggregate reads the related rows of every row of a page.",
         "Keep the number in a field, or leave it to the row itself.", 1, aggregated_lists, (_COMPUTED,)),
    Rule("P09", "a list is sorted by a computed value", "Every row is computed before the first one is shown.", "Sort by a stored field.", 2, sorted_by_computed,
         (("  price: decimal(12, 2)\n", "  price: decimal(12, 2)\n  double: decimal(14, 2) @computed(price * 2)\n"),
          ("  resource Order at", '  resource Line at "/lines" {\n    ops list\n    page cursor(default: 20, max: 100)\n    sort double\n  }\n\n  resource Order at'),)),
    Rule("P10", "pages are counted from the beginning", "Page 1,000 reads all rows of the pages before it.", "Write `page cursor(…)`.", 2, counted_pages,
         ((_PAGE, "page offset(default: 20, max: 100)"),)),
    Rule("P11", "no load is declared", "Without rows nothing can be planned: indexes, sizes and costs are guesses.",
         "Write `load { Order: 1_000_000 rows  Shop: 100 rps }`.", 2, no_load,
         (("load {\n  Org: 2_000 rows\n  User: 50_000 rows\n  Order: 5_000_000 rows\n  Line: 20_000_000 rows\n  Example: 500 rps\n}\n", ""),)),
    Rule("P12", "a list has no declared rows", "Its plans are not checked.", "Add its entity to `load`.", 1, undeclared_rows, (("  Order: 5_000_000 rows\n", ""),)),
    Rule("P13", "an api has no declared requests", "Sizes of services, pools and alerts follow from it.", "Add `Api: 100 rps` to `load`.", 1, undeclared_requests, (("  Example: 500 rps\n", ""),)),
    Rule("P14", "SQL returns any number of rows", "The whole result is held in memory, in the database and in the service.", "Write `limit` into the statement.", 2, unlimited_sql,
         (("  resource Order at", '  /// Numbers.\n  op numbers() -> Count[] @http(GET, "/numbers") {\n    allow manager\n    sql """select 1 as n"""\n  }\n\n  resource Order at'), ("machine Order.status", "struct Count { n: int }\n\nmachine Order.status"))),
    Rule("P15", "slow answers are promised", "An alert that fires after two seconds tells of nothing that users do not know already.", "Write a lower `latency_p95`.", 1, slow_target,
         (("latency_p95: 250ms", "latency_p95: 3s"),)),
)  # fmt: skip
