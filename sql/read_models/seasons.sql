-- Seasons. Folded by projections/seasons.py.

-- name: tables
-- One row a season; one a plan; one line a place of a closed season's standing.
create table seasons (
    guild_id bigint not null,
    number bigint not null,
    name text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    ended_at timestamptz,
    board text,
    members bigint not null,
    revision bigint not null,
    next_at timestamptz,
    position bigint not null
);
create table season_plans (
    guild_id bigint not null,
    plan_id bigint not null,
    revision bigint not null,
    name text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    state text not null
);
create table season_places (
    guild_id bigint not null,
    position bigint not null,
    line bigint not null,
    season bigint not null,
    rank bigint not null,
    user_id bigint not null,
    number bigint not null
);

-- name: keys
-- By guild and number, plan or place.
alter table seasons add primary key (guild_id, number);
alter table season_plans add primary key (guild_id, plan_id);
alter table season_places add primary key (guild_id, position, line);

-- name: newest
-- The newest season of a guild.
select number, name, starts_at, ends_at, ended_at, revision
from seasons
where guild_id = %(guild)s
order by number desc
limit 1;

-- name: season
-- One season of a guild.
select number, name, starts_at, ends_at, ended_at, board, members, position
from seasons
where guild_id = %(guild)s and number = %(number)s;

-- name: list
-- A page of a guild's seasons, newest first, each with whoever was first in it.
select s.number, s.name, s.starts_at, s.ends_at, s.ended_at, s.board, s.members,
    (select array_agg(p.user_id order by p.line) from season_places p
     where p.guild_id = %(guild)s and p.position = s.position and p.rank = 1
         and not exists (select from preferences h
             where h.guild_id = p.guild_id and h.user_id = p.user_id and h.hidden)) as winners,
    count(*) over () as seasons
from seasons s
where s.guild_id = %(guild)s
order by s.number desc
limit %(limit)s offset %(offset)s;

-- name: places
-- The final standing of a closed season, with the names that members go by now; the places of
-- members who are hidden now stay empty.
select p.rank, p.user_id, m.name, coalesce(m.level, 0) as level, p.number
from season_places p
left join profiles m on m.guild_id = p.guild_id and m.user_id = p.user_id
where p.guild_id = %(guild)s and p.position = %(position)s
    and not exists (select from preferences h
        where h.guild_id = p.guild_id and h.user_id = p.user_id and h.hidden)
order by p.line;

-- name: plans
-- What is planned in a guild and has not begun, in order.
select plan_id, revision, name, starts_at, ends_at
from season_plans
where guild_id = %(guild)s and state = 'planned'
order by starts_at, plan_id;

-- name: where_due
-- The guilds in which a season is over, or is to begin; one that never had a season may want its
-- first. (Guild 0 is the stream of direct messages.)
-- every guild: the scheduler looks for those in which something is due.
select s.guild_id
from streams s
left join (select guild_id, max(number) as number from seasons group by guild_id) newest
    on newest.guild_id = s.guild_id
left join seasons n on n.guild_id = newest.guild_id and n.number = newest.number
where s.guild_id <> 0 and coalesce(
    case when n.ended_at is null then n.ends_at else coalesce(n.next_at, 'infinity') end,
    '-infinity') <= %(now)s
order by s.guild_id;
