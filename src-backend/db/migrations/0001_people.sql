-- Users, their sessions, and what they changed.

create table account (
  id integer generated always as identity primary key,
  username text not null,
  -- lower case, NFKC: two names that look the same are the same
  username_key text not null unique,
  email text not null,
  email_key text not null unique,
  password_hash text not null,
  role text not null check (role in ('viewer', 'operator', 'admin')),
  -- in every access token: raising it ends them all
  token_version integer not null default 1,
  disabled_at timestamptz,
  last_sign_in timestamptz,
  created_at timestamptz not null default now()
);

-- One sign-in and all refresh tokens that came of it.
create table session_family (
  id uuid primary key,
  account_id integer not null references account (id) on delete cascade,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  revoked_because text
);
create index on session_family (account_id);

create table refresh_token (
  -- SHA-256 of the token: whoever reads this table can sign in with nothing of it
  hash bytea primary key,
  family_id uuid not null references session_family (id) on delete cascade,
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- set by the refresh that used it up
  used_at timestamptz
);
create index on refresh_token (family_id);
create index on refresh_token (expires_at);

-- At most one: what the first start wrote to its log, good for making the first administrator.
create table setup_token (
  singleton boolean primary key default true check (singleton),
  hash bytea not null,
  created_at timestamptz not null default now()
);

create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  -- the name at that time; a user may be renamed or go
  actor text not null,
  account_id integer,
  action text not null,
  subject text not null,
  before jsonb,
  after jsonb,
  request_id text not null
);

-- What a request with an Idempotency-Key was answered, for when it is sent again.
create table idempotency (
  account_id integer not null references account (id) on delete cascade,
  key text not null,
  -- SHA-256 of method, path and body
  request bytea not null,
  status integer not null,
  headers jsonb not null,
  -- json, not jsonb: sent again byte for byte
  body json not null,
  created_at timestamptz not null default now(),
  primary key (account_id, key)
);
create index on idempotency (created_at);
