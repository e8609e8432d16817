-- What members prefer. Folded by projections/preferences.py.

-- name: tables
-- One row a member who ever chose something, and a line for each change of a zone.
create table preferences (
    guild_id bigint not null,
    user_id bigint not null,
    zone text,
    zone_since timestamptz,
    zone_changes bigint not null,
    notices jsonb,
    hidden boolean not null,
    github text,
    locale text,
    position bigint not null
);
create table zone_changes (
    guild_id bigint not null,
    position bigint not null,
    line bigint not null,
    user_id bigint not null,
    zone text not null,
    since timestamptz not null
);

-- name: keys
-- Changes are read by member, from a position on; boards look up who is hidden.
alter table preferences add primary key (guild_id, user_id);
create index preferences_hidden on preferences (guild_id, user_id) where hidden;
alter table zone_changes add primary key (guild_id, position, line);
create index zone_changes_by_member on zone_changes (guild_id, user_id, position);

-- name: preference
-- What one member prefers.
select zone, zone_since, zone_changes, notices, hidden, github, locale from preferences
where guild_id = %(guild)s and user_id = %(user)s;

-- name: moves
-- The changes of a member's zone after a position, oldest first.
select zone, since from zone_changes
where guild_id = %(guild)s and user_id = %(user)s and position > %(after)s
order by position, line;
