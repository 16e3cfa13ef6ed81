-- replicas-since: 0004
-- Who publishes to the team topics. Replicas of 0.1.0 do not read this table, and can keep running beside it.

create table team_database (
  singleton boolean primary key default true check (singleton),
  -- names this database in Kafka: header of published records, consumer group
  id uuid not null default gen_random_uuid(),
  -- records without a header may be of this database: it had rules before it had an id
  has_unmarked boolean not null,
  -- run and place of the database when it was last compared with the team topics; a restored one has others
  compared_as text,
  -- new alerts start above this version, because consoles may know an alert of the same id up to it
  alert_versions_above integer not null default 0
);
insert into team_database (has_unmarked) select exists (select from rule);
