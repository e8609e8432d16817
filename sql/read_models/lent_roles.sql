-- Roles lent for a time. Folded by projections/lent_roles.py.

-- name: tables
-- The newest loan of each role to each member.
create table lent_roles (
    guild_id bigint not null,
    user_id bigint not null,
    role_id bigint not null,
    state text not null,
    ends_ms bigint not null,
    position bigint not null
);

-- name: keys
-- By member; those that something is still to be done about, by guild.
alter table lent_roles add primary key (guild_id, user_id, role_id);
create index lent_roles_open on lent_roles (guild_id) where state <> 'done';

-- name: where_due
-- The guilds in which a loan has run out.
-- every guild: the scheduler looks for those in which something is due.
select distinct guild_id from lent_roles where state = 'lent' and ends_ms <= %(now_ms)s;

-- name: due
-- The loans that have run out.
select user_id, role_id, ends_ms from lent_roles
where guild_id = %(guild)s and state = 'lent' and ends_ms <= %(now_ms)s
order by ends_ms, user_id, role_id;

-- name: of_member
-- What a member has on loan.
select role_id, ends_ms from lent_roles
where guild_id = %(guild)s and user_id = %(user)s and state = 'lent'
order by role_id;
