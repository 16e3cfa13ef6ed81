-- replicas-since: 0005
-- Rules for a pattern of nodes. A replica that does not know them finds none, or stops at the level of the first one.

-- null: all nodes, or the one of node_id
alter table rule add column pattern text;
drop index rule_place;
create unique index rule_place on rule (coalesce(node_id, ''), coalesce(pattern, ''), metric) where not deleted;

-- The file that all rules come from. No row: administrators change them. A replica that does not know the table
-- accepts changes nevertheless, until it is upgraded
create table rule_management (
  singleton boolean primary key default true check (singleton),
  file text not null,
  -- of the file, such as a commit
  revision text not null,
  applied_by text not null,
  applied_at timestamptz not null
);
