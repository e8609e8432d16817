-- Badges. Folded by projections/badges.py.

-- name: tables
-- One row a member and badge.
create table badges (
    guild_id bigint not null,
    user_id bigint not null,
    badge text not null,
    earned_at timestamptz not null,
    position bigint not null
);

-- name: keys
-- By guild, member and badge.
alter table badges add primary key (guild_id, user_id, badge);

-- name: of_member
-- A member's badges in the order they were earned.
select badge, earned_at from badges
where guild_id = %(guild)s and user_id = %(user)s
order by position;
