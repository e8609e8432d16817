-- Roles as rewards, and who is to have them. Folded by projections/role_rewards.py.

-- name: tables
-- One row a reward that there ever was; one a member and reward that was ever earned.
create table role_rewards (
    guild_id bigint not null,
    reward text not null,
    ground text not null,
    need bigint not null,
    badge text,
    role_id bigint not null,
    keep boolean not null,
    replace boolean not null,
    removed boolean not null,
    revision bigint not null,
    changed_by bigint,
    position bigint not null
);
create table role_grants (
    guild_id bigint not null,
    user_id bigint not null,
    reward text not null,
    role_id bigint not null,
    state text not null,
    times bigint not null,
    position bigint not null
);

-- name: keys
-- By reward, by member; those that something may still be to be done about, by guild.
alter table role_rewards add primary key (guild_id, reward);
alter table role_grants add primary key (guild_id, user_id, reward);
create index role_grants_open on role_grants (guild_id, position) where state <> 'done';

-- name: rewards
-- The rewards in force, each with how many members are to have it, the easier ones first.
select r.reward, r.ground, r.need, r.badge, r.role_id, r.keep, r.replace, r.revision,
    r.changed_by,
    (select count(*) from role_grants g
     where g.guild_id = %(guild)s and g.reward = r.reward and g.state = 'granted') as members
from role_rewards r
where r.guild_id = %(guild)s and not r.removed
order by r.ground, r.need, r.reward;

-- name: newest
-- How often a reward was changed, and whether it is one now.
select revision, removed from role_rewards
where guild_id = %(guild)s and reward = %(reward)s;

-- name: grants
-- What these members (or all) were ever granted.
select user_id, reward, role_id, times, state = 'granted' as open
from role_grants
where guild_id = %(guild)s
    and (%(users)s::bigint[] is null or user_id = any (%(users)s::bigint[]));

-- name: risen
-- The members whose level changed after a position.
select distinct user_id from activity_log
where guild_id = %(guild)s and position > %(after)s and position <= %(up_to)s
    and level_from <> level_to;

-- name: standings
-- Level and badges of these members (or of all) who are here; bots have none.
select p.user_id, p.level,
    array(
        select b.badge from badges b
        where b.guild_id = %(guild)s and b.user_id = p.user_id and b.revoked_at is null
    ) as badges
from profiles p
where p.guild_id = %(guild)s and p.present and not p.is_bot
    and (%(users)s::bigint[] is null or p.user_id = any (%(users)s::bigint[]))
order by p.user_id;

-- name: ranks
-- The first places of the XP board, by the same rule as the board.
select user_id, rank from (
    select p.user_id, rank() over (order by p.xp desc) as rank
    from profiles p
    where p.guild_id = %(guild)s and p.present and not p.is_bot and p.xp > 0
        and not exists (select from preferences h
            where h.guild_id = p.guild_id and h.user_id = p.user_id and h.hidden)
) as ranked
where rank <= %(last)s;

-- name: ranked
-- The members who have a role for their place on a board.
select distinct user_id from role_grants
where guild_id = %(guild)s and state = 'granted' and starts_with(reward, 'rank:');

-- name: where_open
-- The guilds in which roles are to be had or to be taken back, and where that changed last.
-- every guild: the effect looks for those that want it.
select guild_id, max(position) as newest from (
    select guild_id, position from role_grants where state <> 'done'
    union all
    select guild_id, position from lent_roles where state <> 'done'
) as known
group by guild_id;

-- name: open
-- What should be so in Discord: for rewards, and for loans (which have an end and no reward).
select user_id, role_id, state <> 'over' as wanted, reward, times, null::bigint as ends_ms
from role_grants
where guild_id = %(guild)s and state <> 'done'
union all
select user_id, role_id, state <> 'over', null, 0, ends_ms
from lent_roles
where guild_id = %(guild)s and state <> 'done'
order by user_id, role_id, reward;
