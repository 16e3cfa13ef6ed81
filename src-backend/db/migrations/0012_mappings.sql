-- replicas-since: 0005
-- How JSON of its own shape is read, by topic. Replicas of older versions read no mapping: they pass the records of such
-- a topic over.
create table mapping (
  topic text primary key,
  version integer not null,
  -- as in `remo-alerts`. A mapping that was removed stays, with `"mapping": null`: its earlier versions read a backlog.
  record jsonb not null
);
