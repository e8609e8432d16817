-- Activities. Folded by projections/activities.py.

-- name: tables
-- One row a member and activity.
create table activities (
    guild_id bigint not null,
    user_id bigint not null,
    activity text not null,
    ready_at timestamptz not null,
    times bigint not null,
    successes bigint not null,
    earned bigint not null,
    lost bigint not null
);

-- name: keys
-- By guild, member and activity.
alter table activities add primary key (guild_id, user_id, activity);

-- name: ready_at
-- When an activity is open to a member again.
select ready_at from activities
where guild_id = %(guild)s and user_id = %(user)s and activity = %(activity)s;
