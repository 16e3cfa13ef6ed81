-- Failed sign-ins and the delays that follow them. Columns and their order are those of rate-limiter-flexible.

create table throttle (
  key varchar(255) primary key,
  points integer not null default 0,
  -- epoch ms
  expire bigint
);
create index on throttle (expire);
