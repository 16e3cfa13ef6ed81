-- replicas-since: 0005
-- Nodes that a person removed from the lists. Their row stays, because their samples refer to it.

-- null: the node is in the lists; the next record sets it to null
alter table node add column forgotten_at timestamptz;

-- What was published about them. Deleted with the alerts of that time
create table forgotten_node (
  node_id text primary key,
  -- ForgottenNode of src-shared
  record jsonb not null,
  at timestamptz not null
);
