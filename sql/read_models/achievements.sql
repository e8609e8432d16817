-- Achievements that members have, and what they are reached by. Folded by
-- projections/achievements.py.

-- name: tables
-- One row an award.
create table achievements (
    guild_id bigint not null,
    award bigint not null,
    user_id bigint not null,
    achievement text not null,
    season bigint not null,
    revision bigint not null,
    way text not null,
    awarded_by bigint,
    cause_position bigint,
    earned_at timestamptz not null,
    xp bigint not null,
    coins bigint not null,
    reason text,
    revoked_by bigint,
    revoked_at timestamptz
);

-- name: keys
-- By award; by member and what it is.
alter table achievements add primary key (guild_id, award);
create index achievements_by_member on achievements (guild_id, user_id, achievement);

-- name: of_member
-- Every award of a member, the oldest first; those taken back too.
select award, user_id, achievement, season, earned_at, revoked_at is not null as revoked
from achievements
where guild_id = %(guild)s and user_id = %(user)s
order by award;

-- name: award
-- One award, also when it was taken back.
select award, user_id, achievement, season, revoked_at is not null as revoked
from achievements
where guild_id = %(guild)s and award = %(award)s;

-- name: holders
-- How many members have each achievement now.
select achievement, count(distinct user_id) as members
from achievements
where guild_id = %(guild)s and revoked_at is null
group by achievement;

-- name: point_steps
-- What was earned between two positions, in order: the way to a sum of points, or to a level. What
-- was taken back for a message belongs to the season in which that was written, what fades to none.
select position, user_id, occurred_at, xp, stars, level_to,
    source = any (%(seasonless)s::text[]) as seasonless,
    case source when 'message_deleted' then (factors ->> 'message')::bigint end as message_id
from activity_log
where guild_id = %(guild)s and position > %(after)s and position <= %(up_to)s
order by position, line;

-- name: event_steps
-- What members did between two positions, of some types, in order: as the statistics count it, so
-- without what Discord writes in a member's name, and reactions to oneself, again, or by bots.
select e.position, e.user_id, e.target_id, e.event_type, e.occurred_at,
    (e.payload ->> 'streak')::bigint as streak,
    case e.event_type when 'reaction_tally' then (e.payload ->> 'count')::bigint else 1 end as count
from event_lake e
where e.guild_id = %(guild)s and e.position > %(after)s and e.position <= %(up_to)s
    and e.event_type = any (%(types)s::text[])
    and case e.event_type
        when 'message_create' then
            (e.payload ->> 'message_type')::bigint = any (%(written)s::bigint[])
        when 'reaction_add' then
            (e.payload ->> 'ordinal')::bigint = 1 and e.user_id is distinct from e.target_id
            and not (e.payload ->> 'is_bot')::boolean
            and not exists (
                select from profiles p
                where p.guild_id = e.guild_id and p.user_id = e.user_id and p.is_bot)
        else true
    end
order by e.position;

-- name: totals
-- What these members have in all and in each season: by the statistics, and how often they did
-- what. Season 0 is the lifetime.
select s.user_id, s.season, m.measure, m.total
from user_stats s
cross join lateral (values
    ('xp', s.xp), ('stars', s.stars), ('messages', s.messages), ('threads', s.threads),
    ('reactions_given', s.reactions_given), ('reactions_received', s.reactions_received)
) as m (measure, total)
where s.guild_id = %(guild)s and s.user_id = any (%(users)s::bigint[])
union all
select user_id, bucket, event_type, sum(count)::bigint
from event_counters
where guild_id = %(guild)s and user_id = any (%(users)s::bigint[])
    and event_type = any (%(types)s::text[]) and period in ('lifetime', 'season')
group by user_id, event_type, bucket;

-- name: bots
-- Which of these are bots.
select user_id from profiles
where guild_id = %(guild)s and user_id = any (%(users)s::bigint[]) and is_bot;

-- name: imported
-- Which of these positions were told by an import.
select position from event_lake
where guild_id = %(guild)s and position = any (%(positions)s::bigint[])
    and payload ->> 'import_id' is not null;

-- name: standing
-- What a member has reached beside sums and counts.
select
    (select level from profiles where guild_id = %(guild)s and user_id = %(user)s) as level,
    (select daily from streaks where guild_id = %(guild)s and user_id = %(user)s) as daily,
    (select weekly from streaks where guild_id = %(guild)s and user_id = %(user)s) as weekly,
    (select since from tenures where guild_id = %(guild)s and user_id = %(user)s) as since;
