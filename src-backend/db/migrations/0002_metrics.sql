-- Nodes and their values. One row a record: its metrics share node, time and layout.

create table node (
  id integer generated always as identity primary key,
  node_id text not null unique,
  node_name text not null,
  -- event time of the newest record
  last_seen timestamptz not null,
  -- by which `active` is told from `stale`; null before the second record
  interval_ms double precision,
  -- {metric: {value, at (epoch ms)}}
  latest jsonb not null,
  -- {metric: unit} as producers said it
  units jsonb not null default '{}',
  -- {metric: SeriesState} of the evaluator, as of the stream positions
  series jsonb not null default '{}'
) with (fillfactor = 60);

-- The metrics of a record, in the order of its values.
create table layout (
  id integer generated always as identity primary key,
  metrics text[] not null unique
);

-- Partitioned by day, as sample_20261124; partitions are made ahead and dropped by retention.
create table sample (
  node integer not null,
  layout integer not null,
  at timestamptz not null,
  values double precision[] not null,
  primary key (node, at, layout)
) partition by range (at);
create index on sample using brin (at) with (pages_per_range = 16, autosummarize = on);

-- One minute of one metric, partitioned by month, as rollup_202611. The times are those of the extreme values and of
-- the newest one, so that a chart of rollups shows real points.
create table rollup (
  node integer not null,
  metric text not null,
  minute timestamptz not null,
  n integer not null,
  avg double precision not null,
  min double precision not null,
  min_at timestamptz not null,
  max double precision not null,
  max_at timestamptz not null,
  last double precision not null,
  last_at timestamptz not null,
  primary key (node, metric, minute)
) partition by range (minute);
create index on rollup using brin (minute) with (pages_per_range = 16, autosummarize = on);

-- Which minutes of which nodes got new samples: written with the samples, consumed by the rollup job when the last of
-- these minutes is over. Until then values of these minutes are read from `sample`.
create table rollup_due (
  id bigint generated always as identity primary key,
  nodes integer[] not null,
  -- whole minutes, `until` exclusive
  since timestamptz not null,
  until timestamptz not null
);

-- Since when samples are whole; moved by retention as it drops partitions. Minutes before it are never rolled up again.
create table samples_since (
  singleton boolean primary key default true check (singleton),
  at timestamptz not null
);

-- Whole minutes from then on whose values are to be read from `sample`: where rollups are behind, and the minute that
-- `since` cuts, as long as there are samples of it.
create function minutes_of_samples(since timestamptz) returns table (minute timestamptz)
language sql stable as $$
  select listed.minute
  from rollup_due as due
  cross join lateral generate_series(due.since, due.until - interval '1 minute', interval '1 minute') as listed (minute)
  where due.until > minutes_of_samples.since
  union
  select date_trunc('minute', minutes_of_samples.since, 'UTC')
  where date_trunc('minute', minutes_of_samples.since, 'UTC') >= coalesce((select at from samples_since), '-infinity')
$$;

-- Where each partition of Kafka is read on; moves in the transaction of the rows.
create table stream_position (
  topic text not null,
  partition integer not null,
  next bigint not null,
  last_timestamp bigint,
  last_hash text,
  primary key (topic, partition)
);

create table stream_gap (
  id bigint generated always as identity primary key,
  topic text not null,
  partition integer not null,
  first bigint not null,
  until bigint not null,
  reason text not null,
  at timestamptz not null
);

create table rejected (
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  at timestamptz not null,
  code text not null,
  reason text not null,
  head bytea not null,
  received_at timestamptz not null default now(),
  primary key (topic, partition, "offset", at)
);
create index on rejected (received_at);

-- When which job ran last, and which replica has it: never two at once.
create table job (
  name text primary key,
  started_at timestamptz not null,
  finished_at timestamptz,
  problem text
);
