-- Boosts. Folded by projections/boosts.py.

-- name: tables
-- The newest of each kind, over or not.
create table boosts (
    guild_id bigint not null,
    user_id bigint not null,
    what text not null,
    percent bigint not null,
    starts_ms bigint not null,
    ends_ms bigint not null
);

-- name: keys
-- By member.
alter table boosts add primary key (guild_id, user_id, what);

-- name: of_member
-- The boosts of one member.
select what, percent, starts_ms, ends_ms from boosts
where guild_id = %(guild)s and user_id = %(user)s
order by what;
