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
-- What was earned between two positions, in order: the way to a sum of points, or to a level.
select position, user_id, occurred_at, xp, stars, level_to
from activity_log
where guild_id = %(guild)s and position > %(after)s and position <= %(up_to)s
order by position, line;

-- name: event_steps
-- What members did between two positions, of some types, in order; with the streak of a claim.
select position, user_id, event_type, occurred_at, (payload ->> 'streak')::bigint as streak
from event_lake
where guild_id = %(guild)s and position > %(after)s and position <= %(up_to)s
    and event_type = any (%(types)s::text[]) and user_id is not null
order by position;

-- name: totals
-- What these members have in all and in each season: points, and how often they did what.
select user_id, season, 'xp' as measure, xp as total
from user_stats
where guild_id = %(guild)s and user_id = any (%(users)s::bigint[])
union all
select user_id, season, 'stars', stars
from user_stats
where guild_id = %(guild)s and user_id = any (%(users)s::bigint[])
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
