"""Services, jobs, amounts, places, rows and scenarios."""

from typing import Any

from bdc.syntax.ast import (
    AsStep,
    AuditDecl,
    ClockStep,
    ConsumeDecl,
    DeleteWhereItem,
    DeployDecl,
    DeployTarget,
    DoStep,
    EmitItem,
    Entry,
    ExpectAccess,
    ExpectError,
    ExpectEvent,
    ExpectValue,
    ExternalAuth,
    ExternalDecl,
    GivenStep,
    CompensatedItem,
    JobDecl,
    LaterStep,
    LoadDecl,
    LoadEntry,
    Parameter,
    ReceiveStep,
    RunStep,
    SeedDecl,
    SeedRow,
    SourceDecl,
    StreamDecl,
    TestDecl,
    UpdateWhereItem,
    WebhooksDecl,
)
from bdc.syntax.build.base import Block, Children, nodes
from bdc.syntax.build.expr import ExprRules


class DeployRules(ExprRules):
    """What stands around the data."""

    def external(self, c: Children) -> ExternalDecl:
        document = self._string(c[4]) if c[4] else None
        return ExternalDecl(c[2], document, c[6], nodes(c[8:]), c[0], span=self._span(c))

    def external_auth(self, c: Children) -> ExternalAuth:
        return ExternalAuth(c[2], c[3], span=self._span(c))

    def setting(self, c: Children) -> Entry:
        return Entry(c[1], c[3], c[0], span=self._span(c[:4]))

    job_setting = setting

    def job(self, c: Children) -> JobDecl:
        at = next(place for place, child in enumerate(c) if child == "{")
        trigger = next((child for child in c[3:at] if isinstance(child, Block)), None)
        word, value, zone = trigger.items if trigger is not None else ("", None, None)
        given = any(child == "(" for child in c[3:at])
        return JobDecl(
            c[2],
            tuple(child for child in c[3:at] if type(child) is Parameter) if given else None,
            every=self.number([value]) if word == "every" else None,
            cron=self._string(value) if word == "cron" else None,
            zone=self._string(zone) if zone is not None else None,
            event=value if word == "on" else None,
            attributes=next((child for child in c[3:at] if type(child) is tuple), ()),
            items=nodes(c[at + 1 :]),
            doc=c[0],
            span=self._span(c),
        )

    def mail(self, c: Children) -> JobDecl:
        at = next(place for place, child in enumerate(c) if child == "{")
        taken = tuple(child for child in c[3:at] if type(child) is Parameter)
        return JobDecl(
            c[2], taken, None, None, None, None, (), nodes(c[at + 1 :]), c[0], mail=True, span=self._span(c)
        )

    def job_trigger(self, c: Children) -> Block:
        trigger: tuple[Any, ...] = (str(c[0]), c[1], c[3] if len(c) > 3 else None)
        return Block(trigger, self._span(c))

    def compensated(self, c: Children) -> CompensatedItem:
        return CompensatedItem(c[0], c[2], span=self._span(c))

    def update_where(self, c: Children) -> UpdateWhereItem:
        return UpdateWhereItem(c[2], c[4], c[5], span=self._span(c))

    def delete_where(self, c: Children) -> DeleteWhereItem:
        return DeleteWhereItem(c[2], c[4], span=self._span(c))

    def emit(self, c: Children) -> EmitItem:
        return EmitItem(c[2], c[3], span=self._span(c))

    def source(self, c: Children) -> SourceDecl:
        return SourceDecl(c[2], c[4], c[6], nodes(c[8:]), c[0], span=self._span(c))

    def consume(self, c: Children) -> ConsumeDecl:
        return ConsumeDecl(c[2], c[4], c[6], nodes(c[8:]), c[0], span=self._span(c))

    def stream(self, c: Children) -> StreamDecl:
        return StreamDecl(c[2], c[4], c[6], nodes(c[8:]), c[0], span=self._span(c))

    def webhooks(self, c: Children) -> WebhooksDecl:
        return WebhooksDecl(c[3], nodes(c[5:]), c[0], span=self._span(c))

    def audit(self, c: Children) -> AuditDecl:
        return AuditDecl(nodes(c[3:]), c[0], span=self._span(c))

    def load(self, c: Children) -> LoadDecl:
        return LoadDecl(nodes(c[3:]), c[0], span=self._span(c))

    def load_entry(self, c: Children) -> LoadEntry:
        return LoadEntry(c[0], self._whole(c[2]), c[3], span=self._span(c))

    def deploy(self, c: Children) -> DeployDecl:
        return DeployDecl(c[2], c[4], nodes(c[6:]), c[0], span=self._span(c))

    def deploy_target(self, c: Children) -> DeployTarget:
        return DeployTarget(str(c[1]), c[2], c[3], span=self._span(c))  # type: ignore[arg-type]

    def seed(self, c: Children) -> SeedDecl:
        return SeedDecl(c[2], nodes(c[4:]), c[0], span=self._span(c))

    def seed_row(self, c: Children) -> SeedRow:
        return SeedRow(c[1], c[3], c[5], c[0], span=self._span(c))

    def test(self, c: Children) -> TestDecl:
        return TestDecl(self._string(c[2]), nodes(c[4:]), c[0], span=self._span(c))

    def given(self, c: Children) -> GivenStep:
        return GivenStep(c[1], c[3], c[4], span=self._span(c))

    def as_actor(self, c: Children) -> AsStep:
        return AsStep(c[1], c[3] or (), span=self._span(c))

    def do(self, c: Children) -> DoStep:
        return DoStep(c[1], span=self._span(c))

    def expect_access(self, c: Children) -> ExpectAccess:
        return ExpectAccess(str(c[1]), c[2], c[3], span=self._span(c))  # type: ignore[arg-type]

    def expect_error(self, c: Children) -> ExpectError:
        return ExpectError(c[2], c[4], span=self._span(c))

    def expect_value(self, c: Children) -> ExpectValue:
        return ExpectValue(c[1], span=self._span(c))

    def expect_event(self, c: Children) -> ExpectEvent:
        return ExpectEvent(c[3], c[4], absent=c[1] is not None, span=self._span(c))

    def expect_mail(self, c: Children) -> ExpectEvent:
        return ExpectEvent(c[3], c[4], absent=c[1] is not None, mail=True, span=self._span(c))

    def receive(self, c: Children) -> ReceiveStep:
        return ReceiveStep(c[1], c[3], c[4], span=self._span(c))

    def clock(self, c: Children) -> ClockStep:
        return ClockStep(self._string(c[1]), span=self._span(c))

    def later(self, c: Children) -> LaterStep:
        return LaterStep(self.number([c[1]]), span=self._span(c))

    def run(self, c: Children) -> RunStep:
        return RunStep(c[1], span=self._span(c))
