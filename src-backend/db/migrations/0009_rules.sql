-- replicas-since: 0005
-- Rules for a pattern of nodes. A replica that does not know them finds none, or stops at the level of the first one.

-- null: all nodes, or the one of node_id
alter table rule add column pattern text;
drop index rule_place;
create unique index rule_place on rule (coalesce(node_id, ''), coalesce(pattern, ''), metric) where not deleted;
