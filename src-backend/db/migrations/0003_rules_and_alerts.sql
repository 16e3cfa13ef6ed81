-- Rules, alerts, and what is still to be told to Kafka.

create table rule (
  id uuid primary key,
  -- how the first ReMo counted thresholds
  number integer generated always as identity unique,
  -- null: all nodes
  node_id text,
  metric text not null,
  version integer not null,
  deleted boolean not null,
  created_at timestamptz not null default now()
);
create unique index rule_place on rule (coalesce(node_id, ''), metric) where not deleted;

create table rule_version (
  rule_id uuid not null references rule (id),
  version integer not null,
  -- Rule of src-shared
  rule jsonb not null,
  -- grows with each commit that changes rules: by it a replica sees that its book is old
  revision bigint generated always as identity unique,
  created_at timestamptz not null default now(),
  primary key (rule_id, version)
);

create table alert (
  id uuid primary key,
  -- grows with each change
  version integer not null,
  -- Alert of src-shared; the columns below are taken from it
  alert jsonb not null,
  node_id text not null,
  rule_id uuid not null,
  severity text not null,
  phase text not null,
  acknowledged boolean not null,
  opened_at timestamptz not null,
  changed_at timestamptz not null default now()
);
create index on alert (opened_at desc, id desc);
create index on alert (node_id, opened_at desc);
create index alert_open on alert (opened_at desc, id desc) where phase = 'firing';

create table alert_event (
  id bigint generated always as identity primary key,
  alert_id uuid not null references alert (id) on delete cascade,
  -- AlertEvent of src-shared
  event jsonb not null,
  at timestamptz not null
);
create index on alert_event (alert_id, id);

-- Appended after the row of the rule or alert is locked, so that for one key the order of ids is that of commits.
create table outbox (
  id bigint generated always as identity primary key,
  topic text not null,
  key text not null,
  -- null: tombstone
  payload jsonb,
  created_at timestamptz not null default now()
);
