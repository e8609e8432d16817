-- Gaps. Folded by projections/gaps.py.

-- name: tables
-- One row a gap, and one line a stay in voice that ended where nobody saw it.
create table gaps (
    guild_id bigint not null,
    began_ms bigint not null,
    ended_ms bigint not null,
    cause text not null,
    recorded_at bigint not null,
    filled_at bigint not null,
    channels bigint not null,
    forbidden bigint not null,
    cut bigint not null,
    messages bigint not null,
    reactions bigint not null,
    people bigint not null
);
create table unseen_leaves (
    guild_id bigint not null,
    position bigint not null,
    line bigint not null,
    user_id bigint not null,
    channel_id bigint,
    left_ms bigint not null
);

-- name: keys
-- Gaps are found by when they ended, and while they are open.
alter table gaps add primary key (guild_id, began_ms);
create index gaps_by_end on gaps (guild_id, ended_ms);
create index gaps_open on gaps (guild_id, began_ms) where filled_at = 0;
alter table unseen_leaves add primary key (guild_id, position, line);
create index unseen_leaves_by_member on unseen_leaves (guild_id, user_id, position desc);

-- name: between
-- The gaps of some length that touch the time from one millisecond to another, oldest first.
select began_ms, ended_ms, cause, filled_at, channels, forbidden, cut, messages, reactions, people
from gaps
where guild_id = %(guild)s and ended_ms > %(start)s and began_ms < %(end)s
    and ended_ms - began_ms >= %(least)s
order by began_ms;

-- name: unpaid
-- The newest stays in voice of one member that ended in a gap, with the gap.
select u.channel_id, u.left_ms, g.began_ms, g.ended_ms
from unseen_leaves u
join lateral (
    select began_ms, ended_ms from gaps
    where guild_id = %(guild)s and began_ms <= u.left_ms and ended_ms > u.left_ms
    order by ended_ms
    limit 1
) g on true
where u.guild_id = %(guild)s and u.user_id = %(user)s
order by u.position desc
limit %(limit)s;

-- name: open
-- The gaps of these guilds that have not been filled yet, the newest first; while only the database
-- was away nothing was missed.
select guild_id, began_ms, ended_ms, cause from gaps
where filled_at = 0 and cause <> 'database' and guild_id = any (%(guilds)b::bigint[])
order by ended_ms desc
limit 100;
