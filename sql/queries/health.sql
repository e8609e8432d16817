-- What is looked at from outside: may we write, what waits, what has failed. Sees every guild.

-- name: probe
-- Whether the server takes no writes now: a replica, or one that was told so.
select current_setting('transaction_read_only')::boolean;

-- name: backlog
-- What each follower of the log has not taken in, over all guilds: how many events, how long the
-- oldest of them has waited and where, and in how many guilds it stands still. Followers of a guild
-- that are equally far share the look at the event that is next.
-- every guild: an operator's screens look.
with places as (
    select follower.name, s.guild_id, coalesce(c.position, 0) as position,
        s.head - coalesce(c.position, 0) as lag, coalesce(c.stopped, false) as stopped
    from unnest(%(names)s::text[]) as follower (name)
    left join streams s on true
    left join checkpoints c on c.guild_id = s.guild_id and c.name = follower.name
),
next as materialized (
    select e.guild_id, e.position - 1 as position,
        extract(epoch from clock_timestamp() - e.recorded_at)::double precision as seconds
    from (select distinct guild_id, position from places where lag > 0 and not stopped) as p
    join event_lake e on e.guild_id = p.guild_id and e.position = p.position + 1
)
select p.name, coalesce(sum(p.lag) filter (where not p.stopped), 0)::bigint as events,
    coalesce(max(n.seconds) filter (where not p.stopped), 0) as seconds,
    (array_agg(p.guild_id order by n.seconds desc)
        filter (where n.seconds is not null and not p.stopped))[1] as guild_id,
    count(*) filter (where p.stopped) as stopped
from places p
left join next n on n.guild_id = p.guild_id and n.position = p.position
group by p.name
order by p.name;

-- name: effects
-- What is still to be done in Discord, and what of it has failed at least once.
-- every guild: an operator's screens look.
select 'notices' as effect, count(*) filter (where not given_up) as pending,
    count(*) filter (where problem is not null) as failed
from notices where sent_at is null
union all
select effect, count(*), count(*) from effect_problems group by effect;
