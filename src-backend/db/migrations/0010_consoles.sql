-- replicas-since: 0005
-- Consoles that send heartbeats, the alerts that they showed, and the second channel. Replicas of older versions use
-- none of these tables.

create table console (
  account_id integer not null references account (id) on delete cascade,
  -- the console's own, made once for each installation
  id uuid not null,
  name text not null,
  version text not null,
  -- by the clock of the console, as do_not_disturb_until; the others by the clock of the database
  started_at timestamptz not null,
  health text not null,
  do_not_disturb_until timestamptz,
  connected_since timestamptz not null,
  last_seen_at timestamptz not null,
  primary key (account_id, id)
) with (fillfactor = 50);

-- Which alerts a console showed, each severity once. No reference to alert: a console may be ahead of the ingest.
create table alert_shown (
  alert_id uuid not null,
  severity text not null,
  -- the console that was first
  account_id integer not null,
  console_id uuid not null,
  -- by the clock of the console
  shown_at timestamptz not null,
  received_at timestamptz not null default now(),
  -- whether the alert was stored when this was reported
  is_known boolean not null,
  primary key (alert_id, severity)
);
create index alert_shown_unknown on alert_shown (account_id) where not is_known;

-- No row: no replica had an address yet.
create table second_channel (
  singleton boolean primary key default true check (singleton),
  -- SHA-256 of address, format and secret
  target bytea not null,
  -- alerts that were critical before are not sent
  on_since timestamptz not null,
  -- when a replica with an address last looked at the alerts
  last_run_at timestamptz not null,
  -- at most one message a minute
  message_made_at timestamptz
);

-- Alerts that the second channel watches, or has sent.
create table second_channel_alert (
  alert_id uuid primary key references alert (id) on delete cascade,
  -- as in second-channel/plan-channel.ts
  state text not null,
  -- critical since then, and neither acknowledged, silenced nor inhibited
  counted_from timestamptz not null,
  held boolean not null,
  -- of the message that it is in
  message_id uuid
);

-- Messages to the webhook. One that is neither delivered nor given up waits for its next attempt.
create table webhook_message (
  id uuid primary key,
  -- WebhookMessage of src-shared
  content jsonb not null,
  -- how many alerts it is about
  alerts integer not null,
  created_at timestamptz not null default now(),
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  -- a replica sends it until then; after that the replica is dead, and another one takes over
  claimed_until timestamptz,
  delivered_at timestamptz,
  given_up_at timestamptz,
  -- of the last attempt that failed
  problem text,
  problem_at timestamptz
);
create index webhook_message_waiting on webhook_message (next_at) where delivered_at is null and given_up_at is null;
