-- Since when members have been here. Folded by projections/tenures.py.

-- name: tables
-- One row a member.
create table tenures (
    guild_id bigint not null,
    user_id bigint not null,
    since timestamptz,
    joined boolean not null,
    is_bot boolean not null,
    position bigint not null
);

-- name: keys
-- By member; and those who are here, by how long.
alter table tenures add primary key (guild_id, user_id);
create index tenures_by_length on tenures (guild_id, since) where since is not null;

-- name: due
-- Who has been here for so long, was not given this achievement yet, and is no bot.
select t.user_id, t.since, t.position
from tenures t
where t.guild_id = %(guild)s and t.since <= %(before)s and not t.is_bot
    and not exists (
        select from achievements a
        where a.guild_id = t.guild_id and a.user_id = t.user_id
            and a.achievement = %(achievement)s)
order by t.since, t.user_id
limit %(limit)s;
