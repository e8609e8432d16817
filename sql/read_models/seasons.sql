-- Seasons. Folded by projections/seasons.py.

-- name: tables
-- One row a season.
create table seasons (
    guild_id bigint not null,
    number bigint not null,
    name text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    ended_at timestamptz,
    position bigint not null
);

-- name: keys
-- By guild and number.
alter table seasons add primary key (guild_id, number);

-- name: newest
-- The newest season of a guild.
select number, name, starts_at, ends_at, ended_at
from seasons
where guild_id = %(guild)s
order by number desc
limit 1;
