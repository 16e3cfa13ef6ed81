-- replicas-since: 0005
-- Records of other programs: the parts of a node, and the counters behind rates. Replicas of older versions read only
-- records of ReMo's own format, and use none of these tables.

-- What `node` has of records of ReMo's own format, by part of other records: `disk{path=/}`. A metric belongs to the part
-- that had it first. Written under the lock of the row in `node`.
create table node_part (
  node integer not null,
  part text not null,
  -- in order of their first values; the next two columns have the same order
  metrics text[] not null,
  latest double precision[] not null,
  -- event times, epoch ms
  latest_at double precision[] not null,
  -- event time of the newest sample
  seen timestamptz not null,
  -- the same by the clock of the part, epoch ms, and the newest steps to it in ms; null: the part begins anew
  sent_at double precision,
  steps double precision[],
  -- {metric: unit}
  units jsonb not null,
  -- the newest record of most metrics; those at rest after it have no state of their own
  anchor jsonb,
  -- {metric: SeriesState} of the others
  series jsonb not null,
  primary key (node, part)
) with (fillfactor = 60);

-- The last raw values of counters, by the partition that they came from. Moves in the transaction of the samples, so
-- that the next rate is the same, whichever replica reads the next record.
create table counter (
  topic text not null,
  partition integer not null,
  node integer not null,
  part text not null,
  names text[] not null,
  raw double precision[] not null,
  -- event time of each, epoch ms, and the step to it in ms; 0: the first
  raw_at double precision[] not null,
  step double precision[] not null,
  -- event time of the newest
  seen timestamptz not null,
  -- whether the part adds to a total of its node
  adds boolean not null,
  primary key (topic, partition, node, part)
) with (fillfactor = 60);
create index counter_adds on counter (node) where adds;

-- What the records of a topic are read as. Replicas add what they read, some seconds later.
create table topic_source (
  topic text not null,
  -- format: records with values; passed: records without values that are no errors; bound: series that are not stored;
  -- spread: nodes without totals, because their records come from several partitions
  kind text not null,
  name text not null,
  -- of `bound` and `spread`: the newest number of series or nodes
  records bigint not null,
  last_at timestamptz not null,
  -- a few words about the newest one
  detail text,
  primary key (topic, kind, name)
);

-- Which layouts have a metric: with many programs there are many, and a chart needs few.
create index layout_of_metric on layout using gin (metrics);

-- A rule may name a metric for any values of some tags: their keys as a JSON list, '' without any. A replica that does not
-- know them stops at the level of the first such rule.
alter table rule add column any_tags text not null default '';
drop index rule_place;
create unique index rule_place on rule (coalesce(node_id, ''), coalesce(pattern, ''), metric, any_tags)
  where not deleted;
