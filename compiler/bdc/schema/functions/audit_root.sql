-- Level by level: a node without a neighbour goes up as it is, which gives the tree of RFC 6962.
declare
  level bytea[] := leaves;
begin
  while cardinality(level) > 1 loop
    level := (
      select array_agg(case when n.right is null then n.left else app.audit_node(n.left, n.right) end order by n.at)
      from (
        select i as at, level[i] as left, level[i + 1] as right from generate_series(1, cardinality(level), 2) as i
      ) as n
    );
  end loop;
  return level[1];
end
