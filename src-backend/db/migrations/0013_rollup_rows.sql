-- replicas-since: 0013
-- Rollups by layout, as samples are: one row for all metrics of a layout. Replicas that do not know this table would
-- show no long ranges of what is rolled up from now on. `rollup` keeps the older rows until their retention ends.

-- One minute of the metrics of one layout, partitioned by month, as rollup_row_202611. The minute is the first column of
-- the key: new rows are at the end of the index, and those of a range of minutes are next to each other.
create table rollup_row (
  minute timestamptz not null,
  node integer not null,
  layout integer not null,
  n integer not null,
  -- of the newest sample, microseconds after the minute
  last_at integer not null,
  -- four lists in the order of the layout: means, minima, maxima and newest values. With n = 1 only the first.
  values double precision[] not null,
  -- two lists: when minima and maxima were first reached, microseconds after the minute. Null with n = 1.
  times integer[],
  primary key (minute, node, layout)
) partition by range (minute);

-- Rollups of both tables by metric. A metric with several layouts in a minute has several rows. `layout` is null for
-- rows of `rollup`.
create view rollup_value as
  select node, null::integer as layout, metric, minute, n, avg, min, min_at, max, max_at, last, last_at from rollup
  union all
  select node, layout, listed.metric, minute, n, listed.avg,
    coalesce(listed.min, listed.avg), minute + coalesce(listed.min_at, last_at) * interval '1 microsecond',
    coalesce(listed.max, listed.avg), minute + coalesce(listed.max_at, last_at) * interval '1 microsecond',
    coalesce(listed.last, listed.avg), minute + last_at * interval '1 microsecond'
  from rollup_row join layout on layout.id = rollup_row.layout
  cross join lateral unnest(layout.metrics, values[1:1], values[2:2], values[3:3], values[4:4], times[1:1], times[2:2])
    as listed (metric, avg, min, max, last, min_at, max_at);
