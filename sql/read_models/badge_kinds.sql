-- What badges there are. Folded by projections/badge_kinds.py.

-- name: tables
-- One row for each badge that was ever defined.
create table badge_kinds (
    guild_id bigint not null,
    badge text not null,
    revision bigint not null,
    name text not null,
    emoji text not null,
    description text not null,
    rarity text not null,
    passing text not null,
    role_id bigint,
    retired boolean not null,
    changed_by bigint,
    changed_at timestamptz not null
);

-- name: keys
-- By guild and badge.
alter table badge_kinds add primary key (guild_id, badge);

-- name: kinds
-- Every badge that the guild has defined.
select badge, revision, name, emoji, description, rarity, passing, role_id, retired
from badge_kinds
where guild_id = %(guild)s
order by lower(name), badge;
