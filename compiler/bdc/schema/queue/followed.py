"""What callers see of runs, and how they stop them: functions that look at the queue as the owner. Only systems that ask for it have them."""

from collections.abc import Iterator

from bdc.ddl.names import Name
from bdc.ddl.nodes import CreateFunction, CreateIndex, Grant, IndexPart, Privilege, Statement
from bdc.ir import SystemIR
from bdc.query.jobs.followed import followed_jobs, seen_jobs, stopped_jobs
from bdc.query.writes.enqueue import TENANT
from bdc.schema.names import APP, Roles
from bdc.schema.queue.tables import JOBS

# What is told of a failure: these words, or the code of a declared error. Texts of exceptions stay with the operators.
_WORDS = ("timeout", "unavailable")
_TIME = '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\''


def create_followed(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    """Yield the index that finds runs by their arguments, and the functions."""
    jobs = followed_jobs(system)
    if not jobs:
        return
    where = f"task_name = any (array[{_listed(jobs)}]::character varying[])"
    part = IndexPart("args", operator_class="jsonb_path_ops")
    # A list of pending entries would be read by each look: three hundred times slower after many new runs.
    options = "fastupdate = off"
    yield CreateIndex("job_runs_by_argument", JOBS, (part,), method="gin", where=where, options=options)
    if seen_jobs(system):
        yield from _open("run_of", _seen(system, where), _SEEN, roles, returns="jsonb", volatility="stable")
    if stopped_jobs(system):
        yield from _open("cancel_runs", _stopped(where), _STOPPED, roles, returns="text")


_SEEN = {"job": "text", "argument": "text", "subject": "jsonb", "of_tenant": "text"}
_STOPPED = {"job": "text", "asked": "jsonb"}


def _open(
    name: str, body: str, taken: dict[str, str], roles: Roles, *, returns: str, volatility: str = "volatile"
) -> Iterator[Statement]:
    called, kinds = Name(name, APP), ", ".join(taken.values())
    parameters = ", ".join(f"{each} {kind}" for each, kind in taken.items())
    yield CreateFunction(
        called, body, parameters=parameters, returns=returns, definer=True, volatility=volatility
    )
    yield Grant((Privilege("execute"),), "function", called, (roles.runtime, roles.service), signature=kinds)


def _seen(system: SystemIR, where: str) -> str:
    return f"""\
-- Runs as the owner: a caller that reads the row sees its newest run, and nothing else of the queue.
declare
  found jsonb;
begin
  if subject is null or jsonb_typeof(subject) = 'null' then
    return null;
  end if;
  select jsonb_build_object(
    'state', case j.status::text when 'todo' then 'queued' when 'doing' then 'running' when 'aborting' then 'running'
      when 'succeeded' then 'succeeded' when 'failed' then case when j.abort_requested then 'cancelled' else 'failed' end
      else 'cancelled' end,
    'attempts', j.attempts + case when j.status = 'doing' then 1 else 0 end,
    'rows', coalesce(p.rows, 0),
    'queued_at', to_char(e.queued at time zone 'UTC', {_TIME}),
    'started_at', to_char(e.started at time zone 'UTC', {_TIME}),
    'finished_at', case when j.status in ('succeeded', 'failed', 'cancelled', 'aborted')
      then to_char(e.ended at time zone 'UTC', {_TIME}) end,
    'error', case when p.error is null or j.status = 'succeeded' then null
      when split_part(p.error, ': ', 1) = any (array[{_listed(_codes(system))}]) then split_part(p.error, ': ', 1)
      else 'failed' end)
  into found
  from app.procrastinate_jobs as j
  left join app.job_progress as p on p.run = j.id
  left join lateral (
    select min(v.at) as queued, min(v.at) filter (where v.type = 'started') as started, max(v.at) as ended
    from app.procrastinate_events as v where v.job_id = j.id
  ) as e on true
  where j.task_name = job and j.{where}
    and j.args @> jsonb_build_object(argument, subject) and j.args -> argument = subject
    and (of_tenant is null or j.args ->> '{TENANT}' = of_tenant)
  -- Not by the key alone: it is read backwards through the whole queue where a row has no run.
  order by j.id + 0 desc limit 1;
  return found;
end"""


def _stopped(where: str) -> str:
    return f"""\
-- Runs as the owner: an operation stops runs with these arguments, those of its tenant where there are tenants.
declare
  found bigint;
begin
  select count(app.procrastinate_cancel_job_v1(j.id, true, false)) into found
  from app.procrastinate_jobs as j
  where j.task_name = job and j.{where} and j.status in ('todo', 'doing') and j.args @> asked
    and not exists (select from jsonb_each(asked) as a where j.args -> a.key is distinct from a.value);
  return found::text;
end"""


def _codes(system: SystemIR) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*_WORDS, *(each.code for each in system.errors))))


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{each}'" for each in values)
