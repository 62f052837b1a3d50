"""Apis, resources and operations."""

from bdc.source.records import replace
from bdc.syntax.ast import (
    AllowItem,
    ApiDecl,
    AuthItem,
    CallItem,
    CallsItem,
    EmitsItem,
    EnqueueItem,
    ErrorRef,
    ErrorsItem,
    Expand,
    ExpandItem,
    Filter,
    FilterItem,
    GraphQLItem,
    HookDecl,
    InputItem,
    InputMember,
    LimitItem,
    ListItem,
    NearestItem,
    OperationDecl,
    OpsItem,
    OrderKey,
    PageItem,
    Parameter,
    Path,
    ProfileItem,
    RequireItem,
    ResourceDecl,
    SearchItem,
    SetItem,
    ShowItem,
    SortItem,
    UpdateItem,
    WriteItem,
)
from bdc.syntax.build.base import Block, Children, items, nodes
from bdc.syntax.build.expr import ExprRules


class ApiRules(ExprRules):
    """What is offered."""

    def api(self, c: Children) -> ApiDecl:
        path = self._string(c[5]) if c[5] else None
        return ApiDecl(c[2], c[3], path, c[6], nodes(c[8:]), c[0], span=self._span(c))

    def auth(self, c: Children) -> AuthItem:
        return AuthItem(c[2], span=self._span(c))

    def limit(self, c: Children) -> LimitItem:
        count = self._whole(c[2])
        return LimitItem(count, self.number(c[4:5]), c[6], span=self._span(c))

    def profile(self, c: Children) -> ProfileItem:
        return ProfileItem(c[2], span=self._span(c))

    def graphql(self, c: Children) -> GraphQLItem:
        return GraphQLItem(self._string(c[3]), c[4], span=self._span(c))

    def resource(self, c: Children) -> ResourceDecl:
        path = self._string(c[4]) if c[4] else None
        return ResourceDecl(c[2], path, c[6], c[8], c[9], nodes(c[11:]), c[0], span=self._span(c))

    def ops(self, c: Children) -> OpsItem:
        return OpsItem(c[2], span=self._span(c))

    def page(self, c: Children) -> PageItem:
        return PageItem(c[2], self._unbounded(items(c[3])), span=self._span(c))

    def filter(self, c: Children) -> FilterItem:
        return FilterItem(nodes(c[2:]), span=self._span(c))

    def filter_path(self, c: Children) -> Filter:
        return Filter(c[0], nodes(c[1:-2]), c[-1], span=self._span(c))

    def search(self, c: Children) -> SearchItem:
        return SearchItem(c[3], self._unbounded(items(c[2])), span=self._span(c))

    def nearest(self, c: Children) -> NearestItem:
        return NearestItem(c[2], c[4], span=self._span(c))

    def sort(self, c: Children) -> SortItem:
        order = tuple(each for each in c[3:] if type(each) is OrderKey)
        return SortItem(c[2], order, span=self._span(c))

    def order_key(self, c: Children) -> OrderKey:
        return OrderKey(c[0], c[1] == "desc", span=self._span(c))

    def expand(self, c: Children) -> ExpandItem:
        return ExpandItem(c[2], span=self._span(c))

    def expands(self, c: Children) -> tuple[Expand, ...]:
        return tuple(c[::2])

    def expand_path(self, c: Children) -> Expand:
        return Expand(c[0], self._unbounded(items(c[1])), nodes(c[2:]), span=self._span(c))

    def show(self, c: Children) -> ShowItem:
        return ShowItem(c[2], c[3].items, span=self._span(c))

    def input(self, c: Children) -> InputItem:
        return InputItem(c[2], c[3].items, span=self._span(c))

    def own_list(self, c: Children) -> ListItem:
        return ListItem(c[2], self._string(c[4]), c[5], c[0], span=self._span(c))

    def hook(self, c: Children) -> HookDecl:
        return HookDecl(str(c[1]), c[2], nodes(c[4:]), c[0], span=self._span(c))  # type: ignore[arg-type]

    def shape(self, c: Children) -> Block:
        return self._block(c)

    def shape_member(self, c: Children) -> InputMember:
        children = c[3].items if c[3] else None
        return InputMember(c[0], c[1] is not None, children, c[2], span=self._span(c[:4]))

    def op(self, c: Children) -> OperationDecl:
        close = next(at for at, child in enumerate(c) if child == ")")
        parameters, (_, returns, attributes, *body) = c[4:close], c[close + 1 :]
        found = tuple(child for child in parameters if type(child) is Parameter)
        return OperationDecl(c[2], found, returns, attributes, nodes(body), c[0], span=self._span(c))

    def parameter(self, c: Children) -> Parameter:
        return Parameter(c[0], c[2], c[4], c[5], span=self._span(c))

    def errors(self, c: Children) -> ErrorsItem:
        return ErrorsItem(nodes(c[2:]), span=self._span(c))

    def error_ref(self, c: Children) -> ErrorRef:
        return ErrorRef(c[0], c[2], span=self._span(c))

    def emits(self, c: Children) -> EmitsItem:
        events: tuple[Path, ...] = c[2]
        return EmitsItem(events, span=self._span(c))

    def calls(self, c: Children) -> CallsItem:
        operations: tuple[Path, ...] = c[2]
        return CallsItem(operations, span=self._span(c))

    def call_external(self, c: Children) -> CallItem:
        result = c[5] if len(c) > 5 else None
        return CallItem(c[2], self._unbounded(items(c[3])), result, span=self._span(c))

    def op_allow(self, c: Children) -> AllowItem:
        return AllowItem(c[2], c[3], span=self._span(c))

    def set(self, c: Children) -> SetItem:
        return SetItem(c[2], span=self._span(c))

    def require(self, c: Children) -> RequireItem:
        return RequireItem(c[2], c[4], c[5], span=self._span(c))

    def update(self, c: Children) -> UpdateItem:
        return UpdateItem(c[2], c[3], span=self._span(c))

    def enqueue(self, c: Children) -> EnqueueItem:
        word, value = (str(c[4]), c[5]) if len(c) > 4 and c[4] is not None else ("", None)
        return EnqueueItem(
            c[2],
            self._unbounded(items(c[3])),
            after=self.number([value]) if word == "after" else None,
            at=value if word == "at" else None,
            span=self._span(c),
        )

    def cancel(self, c: Children) -> EnqueueItem:
        return EnqueueItem(c[2], self._unbounded(items(c[3])), None, None, cancels=True, span=self._span(c))

    def enqueue_each(self, c: Children) -> EnqueueItem:
        """In a job, the rows for which it is queued may stand behind it."""
        return replace(self.enqueue(c), entity=c[7], condition=c[9])

    def write(self, c: Children) -> WriteItem:
        return WriteItem(str(c[1]), c[2], c[3], span=self._span(c))  # type: ignore[arg-type]
