-- replicas-since: 0006
-- Silences, and what finds acknowledgements that have reached their end. Replicas of the version before publish records
-- of silences from the outbox as they are, and keep the notes of alerts. They only do not delete old silences.

create table silence (
  id uuid primary key,
  -- grows with each change
  version integer not null,
  -- Silence of src-shared; the columns below are taken from it
  silence jsonb not null,
  created_at timestamptz not null,
  -- it has no window any more; null: it comes each week without an end
  ends_at timestamptz
);
create index on silence (created_at desc, id desc);
create index on silence (ends_at);

-- only firing alerts are acknowledged
create index alert_acknowledged on alert (id) where acknowledged;
