/** SQL: units of all parts of a node, as one object. */
export const unitsOfParts = `coalesce((
  select jsonb_object_agg(unit.key, unit.value) from node_part cross join lateral jsonb_each(node_part.units) as unit
  where node_part.node = node.id), '{}')`
