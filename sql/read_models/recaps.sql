-- What a member's year or season came to. Folded by projections/recaps.py; points, messages and
-- voice are read from the tables of the profiles.

-- name: tables
-- One row a member, day (of the guild's calendar) and season.
create table recap_days (
    guild_id bigint not null,
    user_id bigint not null,
    day bigint not null,
    season bigint not null,
    reactions_given bigint not null,
    reactions_received bigint not null,
    earned bigint not null,
    spent bigint not null
);

-- name: keys
-- By member, then day.
alter table recap_days add primary key (guild_id, user_id, day, season);

-- name: of_days
-- What a member did and got on some of the guild's days, the first and the last included.
select d.xp, d.stars, d.messages, d.voice_seconds, r.reactions_given, r.reactions_received,
    r.earned, r.spent
from (
    select coalesce(sum(xp), 0)::bigint as xp, coalesce(sum(stars), 0)::bigint as stars,
        coalesce(sum(messages), 0)::bigint as messages,
        coalesce(sum(voice_seconds), 0)::bigint as voice_seconds
    from member_days
    where guild_id = %(guild)s and user_id = %(user)s and day between %(first)s and %(last)s
) d, (
    select coalesce(sum(reactions_given), 0)::bigint as reactions_given,
        coalesce(sum(reactions_received), 0)::bigint as reactions_received,
        coalesce(sum(earned), 0)::bigint as earned, coalesce(sum(spent), 0)::bigint as spent
    from recap_days
    where guild_id = %(guild)s and user_id = %(user)s and day between %(first)s and %(last)s
) r;

-- name: of_season
-- What a member did and got in a season; no row for who did nothing.
select coalesce(s.xp, 0) as xp, coalesce(s.stars, 0) as stars,
    coalesce(s.messages, 0) as messages, coalesce(s.voice_seconds, 0) as voice_seconds,
    coalesce(s.reactions_given, 0) as reactions_given,
    coalesce(s.reactions_received, 0) as reactions_received, r.earned, r.spent
from (
    select coalesce(sum(earned), 0)::bigint as earned, coalesce(sum(spent), 0)::bigint as spent
    from recap_days
    where guild_id = %(guild)s and user_id = %(user)s and season = %(season)s
) r
left join user_stats s
    on s.guild_id = %(guild)s and s.user_id = %(user)s and s.season = %(season)s;

-- name: xp_by_day
-- What a member gained on each day between two.
select day, xp from member_days
where guild_id = %(guild)s and user_id = %(user)s and day between %(first)s and %(last)s
    and xp <> 0
order by day;

-- name: levels
-- How many levels a member gained (or lost) by what happened from one moment to another; a prestige,
-- after which they are gained anew, loses none.
select coalesce(sum(level_to - level_from), 0)::bigint as levels from activity_log
where guild_id = %(guild)s and user_id = %(user)s
    and occurred_at >= %(since)s and occurred_at < %(until)s and source <> 'prestige';

-- name: place_in_days
-- Where a member stands by the XP of some days; nobody for one whom boards do not show.
with numbers as (
    select d.user_id, sum(d.xp) as number
    from member_days d
    join profiles p on p.guild_id = d.guild_id and p.user_id = d.user_id
    where d.guild_id = %(guild)s and d.day between %(first)s and %(last)s
        and p.present and not p.is_bot
        and not exists (select from preferences h
            where h.guild_id = d.guild_id and h.user_id = d.user_id and h.hidden)
    group by d.user_id
    having sum(d.xp) > 0
)
select place from (select user_id, rank() over (order by number desc) as place from numbers) board
where user_id = %(user)s;

-- name: place_in_season
-- The same in a season.
select place from (
    select s.user_id, rank() over (order by s.xp desc) as place
    from user_stats s
    join profiles p on p.guild_id = s.guild_id and p.user_id = s.user_id
    where s.guild_id = %(guild)s and s.season = %(season)s and s.xp > 0
        and p.present and not p.is_bot
        and not exists (select from preferences h
            where h.guild_id = s.guild_id and h.user_id = s.user_id and h.hidden)
) board
where user_id = %(user)s;
