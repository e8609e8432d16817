-- Counts of events. Folded by projections/event_counters.py.

-- name: tables
-- One row for member x type x category x period.
create table event_counters (
    guild_id bigint not null,
    user_id bigint not null,
    event_type text not null,
    category_id bigint not null,
    period text not null,
    bucket bigint not null,
    count bigint not null
);

-- name: keys
-- By guild, then member.
alter table event_counters
    add primary key (guild_id, user_id, event_type, category_id, period, bucket);

-- name: of_member
-- A member's lifetime counts by type, all categories together.
select event_type, sum(count)::bigint as count
from event_counters
where guild_id = %(guild)s and user_id = %(user)s and period = 'lifetime'
group by event_type
order by event_type;
