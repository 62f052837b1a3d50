"""What the database holds for a declaration goes with it, without a word, and nothing of it is lost: the way back brings it back."""

import pytest

from bdc.evolution.next_migration import advance
from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledQueries
from bdc.pipeline import compile_system
from bdc.plan.edge import read_edge
from bdc.query import compile_queries
from bdc.schema.state import physical_state
from bdc.source import SourceFile
from bdc.verification.proof import Trial, prove

_TOKENS = '  bearer jwt { issuer: env("JWT_ISSUER")  audience: "desk"  jwks: env("JWKS_URL") }\n  claim roles: string[] = "roles"\n'
_PASSWORDS = '  password { login: email  hash: password_hash }\n  issue jwt 15m refresh 30d\n  claim roles: string[] = "roles" from levels\n'
_MAILED = _PASSWORDS.replace(
    "password_hash }", "password_hash  reset: Anew  verify: Prove  verified: proved }"
)
_MAILS = """mail Anew(to: string(3..200), token: string(43..43)) {
  from: env("MAIL_FROM")
  subject: "Anew"
  text: "anew.txt"
}
mail Prove(to: string(3..200), token: string(43..43)) {
  from: env("MAIL_FROM")
  subject: "Prove"
  text: "prove.txt"
}
"""
_WEBHOOKS = "webhooks to Hook { events: [Moved] }\n"
_STREAM = 'stream Out to nats at env("NATS_URL") { events: [Moved] }\n'
_JOB = "job Purge every 1d { delete Ticket where moved }\n"
_SPEC = """bds 1
module desk

entity Agent { id: uuid = uuid7() @id  email: string(3..200) @unique  levels: string(1..20)[]  proved: bool = false }
entity Ticket { id: uuid = uuid7() @id  moved: bool = false }
entity Hook {
  id: uuid = uuid7() @id
  url: string(1..2000)
  secret: string(24..100) @encrypted
  events: string(1..80)[]
}
event Moved on Ticket { ticket: Ticket }
identity Agent {
@CALLERS@  claim id: uuid = "sub"
}
role agent
policy Ticket { allow read, move to agent }
policy Hook { allow read, create to agent }
api Desk v1 {
  auth bearer
  resource Ticket { ops list  op move() -> Ticket { set { moved: true }  emits Moved } }
  resource Hook { ops list, create }
}
@MORE@"""


def _compiled(callers: str, more: str) -> tuple[SystemIR, CompiledQueries]:
    text = _SPEC.replace("@CALLERS@", callers).replace("@MORE@", more)
    found = compile_system([SourceFile("desk.bds", text)])
    assert found.system is not None, [each.message for each in found.diagnostics]
    return found.system, compile_queries(found.system, True)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("having", "left"),
    [((_PASSWORDS, _WEBHOOKS + _STREAM), (_TOKENS, "")), ((_MAILED, _MAILS), (_PASSWORDS, _JOB))],
    ids=["sign-in, webhooks, stream", "mails of sign-in"],
)
def test_what_goes_with_its_declaration_is_kept_aside(having: tuple[str, str], left: tuple[str, str]) -> None:
    before, bare = _compiled(*having), _compiled(*left)
    step = advance(physical_state(*before), *bare, before[0])
    assert not step.planned.refusals, [each.message for each in step.planned.refusals]
    made = {file.path.rpartition("/")[2]: file.encoded for file in step.files("migration")}
    proof = prove(
        Trial(before[0], step.system, step.old, step.new, read_edge(made["edge.json"].decode()), made)
    )
    assert str(proof) == "proven: forward, back, forward, 3 rows in each table"


def test_mails_of_sign_in_may_come() -> None:
    before, after = _compiled(_PASSWORDS, ""), _compiled(_MAILED, _MAILS)
    step = advance(physical_state(*before), *after, before[0])
    assert not step.planned.refusals, [each.message for each in step.planned.refusals]


@pytest.mark.parametrize("more", [_WEBHOOKS, _STREAM, _JOB])
def test_each_declaration_may_come_and_go(more: str) -> None:
    having, bare = _compiled(_TOKENS, more), _compiled(_TOKENS, "")
    for before, after in ((having, bare), (bare, having)):
        step = advance(physical_state(*before), *after, before[0])
        assert not step.planned.refusals, [each.message for each in step.planned.refusals]


_QUEUED = """job Tell(ticket: Ticket) { update ticket { moved: true } }
job Ask(ticket: Ticket) { update ticket { moved: false } }
"""
_FOLLOWED = {
    "module desk": "module desk\n\nuse std.jobs { JobRun }",
    "moved: bool = false }": "moved: bool = false  telling: JobRun? @computed(last_run(Tell)) }",
    "set { moved: true }": "cancel Ask(ticket: this)  set { moved: true }",
}


@pytest.mark.postgres
@pytest.mark.parametrize("comes", [True, False], ids=["comes", "goes"])
def test_what_callers_see_of_runs_may_come_and_go(comes: bool) -> None:
    """The index and the functions, beside runs that wait."""
    plain = _SPEC.replace("@CALLERS@", _TOKENS).replace("@MORE@", _QUEUED)
    followed = plain
    for old, new in _FOLLOWED.items():
        assert old in followed
        followed = followed.replace(old, new, 1)
    sides = []
    for text in (plain, followed) if comes else (followed, plain):
        found = compile_system([SourceFile("desk.bds", text)])
        assert found.system is not None, [each.message for each in found.diagnostics]
        sides.append((found.system, compile_queries(found.system, True)))
    before, after = sides
    step = advance(physical_state(*before), *after, before[0])
    assert not step.planned.refusals, [each.message for each in step.planned.refusals]
    made = {file.path.rpartition("/")[2]: file.encoded for file in step.files("migration")}
    sql = b"".join(each for name, each in made.items() if name.endswith(".sql")).decode()
    assert ("job_runs_by_argument" in sql) and ("run_of" in sql) and ("cancel_runs" in sql)
    proof = prove(
        Trial(before[0], step.system, step.old, step.new, read_edge(made["edge.json"].decode()), made)
    )
    assert str(proof) == "proven: forward, back, forward, 3 rows in each table"
