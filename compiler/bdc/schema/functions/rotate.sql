#variable_conflict use_variable
-- Runs as the owner. It does one thing, so that no lock is held for long: it makes the next partition that is missing, or drops one whose rows are all
-- older than they are kept, or deletes such rows of partitions that a migration has made. Returns how much it did; 0: nothing is left to do.
declare
  whole constant regclass := {table};
  step constant interval := {step};
  begun constant timestamp := date_trunc({unit}, now() at time zone 'UTC');
  low timestamp;
  high timestamp;
  part text;
  old record;
  gone bigint;
begin
  perform pg_advisory_xact_lock(hashtext('app.rotate'), hashtext(whole::text));
  -- Who comes after this one waits for it: not longer than this.
  perform set_config('lock_timeout', '2s', true), set_config('datestyle', 'ISO, YMD', true);
  for ahead in 0 .. {ahead} loop
    low := begun + ahead * step;
    high := low + step;
    part := {prefix} || to_char(low, '"_p"YYYYMMDD');
    -- Where rows of this time are in the default partition already, they stay there.
    continue when to_regclass(format('app.%I', part)) is not null
      or exists (select from {bounds} where b.low < high and b.high > low)
      or exists (select from {rows} as t where t.{column} >= {low} and t.{column} < {high});
    execute format('create table app.%I (like %s including all excluding identity excluding indexes)', part, whole);
    execute format('alter table app.%I enable row level security', part);
    execute format('alter table app.%I force row level security', part);
    execute format('alter table %s attach partition app.%I for values from (%L) to (%L)', whole, part, {low}, {high});
    return 1;
  end loop;
{keep}  return 0;
end
