-- Payloads that could not be understood.

-- name: keep
-- Keep the shape of one.
insert into quarantine (guild_id, event_name, problems, skeleton, received_at)
values (%(guild)s, %(event_name)s, %(problems)s, %(skeleton)s, %(received_at)s);

-- name: recent
-- The newest ones.
-- every guild: an operator looks.
select guild_id, event_name, problems, received_at
from quarantine
order by received_at desc
limit %(limit)s;
