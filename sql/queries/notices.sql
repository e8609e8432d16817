-- What is to be told in Discord, until it is.

-- name: take
-- Something to tell; what was taken before stays as it is.
insert into notices
    (guild_id, position, kind, user_id, channel_id, words, taken_at, began_id, sheet)
values (%(guild)s, %(position)s, %(kind)s, %(user)s, %(channel)s, %(words)s, %(now)s,
    %(began)s, %(sheet)s)
on conflict do nothing;

-- name: where_waiting
-- The guilds in which something waits to be told, or to be told again.
-- every guild: the effect looks for those that want it.
select distinct guild_id from notices
where sent_at is null and not given_up and (retry_at is null or retry_at <= %(now)s);

-- name: forget
-- What was told a while ago, and what was given up long ago.
delete from notices
where guild_id = %(guild)s
    and (sent_at < %(now)s::timestamptz - interval '1 hour'
        or given_up and retry_at < %(now)s::timestamptz - interval '7 days');

-- name: drop_old
-- What has waited until it is no news any more.
delete from notices
where guild_id = %(guild)s and sent_at is null and not given_up and taken_at < %(oldest)s;

-- name: drop_many
-- More than so many wait: the oldest are no use any more.
delete from notices
where guild_id = %(guild)s and sent_at is null and not given_up and position <= (
    select position from notices
    where guild_id = %(guild)s and sent_at is null and not given_up
    order by position desc offset %(most)s limit 1);

-- name: ready
-- What can be told in one message: all that wait for the same place and kind, when the first has
-- waited long enough; direct messages and what ended do not wait.
select kind, channel_id, case when channel_id is null then user_id end as reader_id, began_id,
    min(position) as batch
from notices
where guild_id = %(guild)s and batch is null
group by 1, 2, 3, 4
having channel_id is null or began_id is not null
    or min(taken_at) <= %(now)s::timestamptz - interval '1 minute' * %(minutes)s
order by min(position);

-- name: join
-- Those are one message from now on.
update notices set batch = %(batch)s
where guild_id = %(guild)s and batch is null and kind = %(kind)s
    and channel_id is not distinct from %(channel)s::bigint
    and began_id is not distinct from %(began)s::bigint
    and (channel_id is not null or user_id = %(reader)s);

-- name: due_again
-- The messages that were not told, and are to be tried again.
select batch, min(channel_id) as channel_id, min(user_id) as reader_id from notices
where guild_id = %(guild)s and batch is not null and sent_at is null and not given_up
    and retry_at <= %(now)s
group by batch
order by batch;

-- name: attempt
-- A message is about to be sent: from now on nobody knows whether it is there.
update notices set attempts = attempts + 1, tried_at = %(now)s, retry_at = %(retry_at)s,
    in_doubt_since = coalesce(in_doubt_since, %(now)s)
where guild_id = %(guild)s and batch = %(batch)s;

-- name: message
-- What one message tells, in order; how often it was tried, and since when it may be there.
select position, kind, user_id, channel_id, words, taken_at, attempts, problem, in_doubt_since,
    began_id, sheet
from notices
where guild_id = %(guild)s and batch = %(batch)s
order by position;

-- name: tried_lately
-- How many messages were sent, or tried, in the last minute.
select count(distinct batch) as messages from notices
where guild_id = %(guild)s and tried_at > %(now)s::timestamptz - interval '1 minute';

-- name: sent
-- Discord has it.
update notices set sent_at = %(now)s, problem = null where guild_id = %(guild)s and batch = %(batch)s;

-- name: failed
-- Discord does not have it, or since some time may have it.
update notices set problem = %(problem)s, given_up = %(given_up)s,
    in_doubt_since = %(in_doubt_since)s
where guild_id = %(guild)s and batch = %(batch)s;

-- name: waiting
-- How many notices wait for each place.
select channel_id, case when channel_id is null then user_id end as reader_id, count(*) as notices
from notices
where guild_id = %(guild)s and sent_at is null and not given_up
group by 1, 2;

-- name: troubled
-- The messages that are tried again or were given up.
select batch, min(kind) as kind, min(channel_id) as channel_id, min(user_id) as reader_id,
    count(*) as notices, max(attempts) as attempts, min(problem) as problem,
    bool_or(given_up) as given_up, max(retry_at) as retry_at
from notices
where guild_id = %(guild)s and sent_at is null and problem is not null
group by batch
order by batch;

-- name: again
-- What failed or was given up is tried again at once.
update notices set given_up = false, attempts = 0, retry_at = %(now)s
where guild_id = %(guild)s and sent_at is null and problem is not null;
