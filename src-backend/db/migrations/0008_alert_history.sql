-- replicas-since: 0006
-- Indexes for the history of alerts. Replicas of older versions write the same rows.

-- of one metric, newest first
create index alert_by_metric on alert ((alert ->> 'metric'), opened_at desc, id desc);

-- what people wrote and did, for the search
create index alert_event_of_people on alert_event (alert_id) where event ? 'by';

-- what few alerts had
create index alert_event_rare on alert_event ((event ->> 'kind'), alert_id)
  where event ->> 'kind' in ('flapping', 'silenced');
