-- Profiles, statistics, the reason for each point. Folded by projections/profiles.py.

-- name: tables
-- One row a member; one a member and season, or day; one line an award; four tables that the fold
-- remembers in.
create table profiles (
    guild_id bigint not null,
    user_id bigint not null,
    name text,
    avatar text,
    is_bot boolean not null,
    present boolean not null,
    xp bigint not null,
    xp_at bigint not null,
    stars bigint not null,
    level bigint not null,
    last_seen timestamptz,
    streak bigint not null,
    longest_streak bigint not null,
    active_on date,
    voice_carry bigint not null,
    boosts jsonb,
    days jsonb,
    roles jsonb,
    bridged jsonb,
    prestige bigint not null,
    prestige_xp bigint not null
);
create table user_stats (
    guild_id bigint not null,
    user_id bigint not null,
    season bigint not null,
    messages bigint not null,
    messages_at bigint not null,
    reactions_given bigint not null,
    reactions_received bigint not null,
    threads bigint not null,
    voice_seconds bigint not null,
    voice_at bigint not null,
    xp bigint not null,
    xp_at bigint not null,
    stars bigint not null,
    stars_at bigint not null
);
create table member_days (
    guild_id bigint not null,
    user_id bigint not null,
    day bigint not null,
    xp bigint not null,
    stars bigint not null,
    messages bigint not null,
    voice_seconds bigint not null
);
create table activity_log (
    guild_id bigint not null,
    position bigint not null,
    line bigint not null,
    user_id bigint not null,
    source text not null,
    xp bigint not null,
    stars bigint not null,
    level_from bigint not null,
    level_to bigint not null,
    channel_id bigint,
    occurred_at timestamptz not null,
    factors jsonb not null
);
create table pacing (
    guild_id bigint not null,
    user_id bigint not null,
    sequence text not null,
    rewarded jsonb not null,
    recent jsonb not null
);
create table voice_presence (
    guild_id bigint not null,
    user_id bigint not null,
    channel_id bigint,
    category_id bigint,
    idle boolean not null,
    is_bot boolean not null,
    since timestamptz not null,
    gathering bigint,
    gathering_seconds bigint not null
);
create table voice_rooms (
    guild_id bigint not null,
    channel_id bigint not null,
    gathering bigint
);
create table blind_days (
    guild_id bigint not null,
    day date not null
);

-- name: keys
-- Keys first; the indexes more are the way of /why (a member's lines, newest first) and of the fold
-- to those who are in a voice channel now.
alter table profiles add primary key (guild_id, user_id);
alter table user_stats add primary key (guild_id, user_id, season);
alter table member_days add primary key (guild_id, day, user_id);
alter table activity_log add primary key (guild_id, position, line);
create index activity_log_by_member on activity_log (guild_id, user_id, position desc);
alter table pacing add primary key (guild_id, user_id, sequence);
alter table voice_presence add primary key (guild_id, user_id);
alter table voice_rooms add primary key (guild_id, channel_id);
alter table blind_days add primary key (guild_id, day);
create index voice_presence_now on voice_presence (guild_id) where channel_id is not null;

-- name: profile
-- One member's profile with lifetime statistics.
select p.user_id, p.name, p.avatar, p.is_bot, p.present, p.xp, p.stars, p.level, p.prestige,
    p.xp - p.prestige_xp as level_xp, p.last_seen,
    p.streak, p.longest_streak, p.active_on, p.boosts,
    coalesce(s.messages, 0) as messages, coalesce(s.reactions_given, 0) as reactions_given,
    coalesce(s.reactions_received, 0) as reactions_received, coalesce(s.threads, 0) as threads,
    coalesce(s.voice_seconds, 0) as voice_seconds
from profiles p
left join user_stats s on s.guild_id = p.guild_id and s.user_id = p.user_id and s.season = 0
where p.guild_id = %(guild)s and p.user_id = %(user)s;

-- name: idle
-- Whoever was last seen before a moment and has more XP for the level than a floor.
select user_id, xp - prestige_xp as xp from profiles
where guild_id = %(guild)s and last_seen < %(before)s and xp - prestige_xp > %(floor)s
    and not is_bot
order by user_id;

-- name: people
-- How the members look who are present as far as we know, bots left out.
select user_id, name, avatar, roles from profiles
where guild_id = %(guild)s and present and not is_bot;

-- name: in_voice
-- Who is in a voice channel as far as we know, and the last moment at which we know it: whatever
-- anybody was seen doing proves that we were watching then.
select v.user_id, v.is_bot, v.category_id, v.since, greatest(
    v.since, (select max(p.last_seen) from profiles p where p.guild_id = %(guild)s)
) as proven_at
from voice_presence v
where v.guild_id = %(guild)s and v.channel_id is not null
order by v.user_id;

-- name: rank
-- A member's place on the XP board, and how many stand on it; nobody for one who is hidden.
select count(*) filter (where o.xp > p.xp) + 1 as rank, count(*) as members
from profiles p
join profiles o on o.guild_id = p.guild_id and not o.is_bot and o.present and o.xp > 0
where p.guild_id = %(guild)s and p.user_id = %(user)s
    and not exists (select from preferences h
        where h.guild_id = p.guild_id and h.user_id = p.user_id and h.hidden)
    and not exists (select from preferences h
        where h.guild_id = o.guild_id and h.user_id = o.user_id and h.hidden);

-- name: board
-- A page of a board: the same number is the same rank, the earlier achiever stands first; members
-- who left or are hidden, and bots, are not shown. A season of 0 is the lifetime.
with numbers as (
    select p.user_id, p.name, p.avatar, p.level,
        case %(board)s
            when 'xp' then s.xp
            when 'stars' then s.stars
            when 'messages' then s.messages
            when 'voice' then s.voice_seconds
        end as number,
        case %(board)s
            when 'xp' then s.xp_at
            when 'stars' then s.stars_at
            when 'messages' then s.messages_at
            when 'voice' then s.voice_at
        end as reached_at
    from user_stats s
    join profiles p on p.guild_id = s.guild_id and p.user_id = s.user_id
    where s.guild_id = %(guild)s and s.season = %(season)s and p.present and not p.is_bot
        and not exists (select from preferences h
            where h.guild_id = s.guild_id and h.user_id = s.user_id and h.hidden)
)
select rank() over (order by number desc) as rank, user_id, name, level, number,
    count(*) over () as members
from numbers
where number > 0
order by number desc, reached_at, user_id
limit %(limit)s offset %(offset)s;

-- name: window_board
-- The same for some of the guild's own days, the first and the last included; among equals whoever
-- has the smaller id stands first.
with numbers as (
    select user_id, sum(
        case %(board)s
            when 'xp' then xp
            when 'stars' then stars
            when 'messages' then messages
            when 'voice' then voice_seconds
        end)::bigint as number
    from member_days
    where guild_id = %(guild)s and day between %(first)s and %(last)s
    group by user_id
)
select rank() over (order by number desc) as rank, n.user_id, p.name, p.level, n.number,
    count(*) over () as members
from numbers n
join profiles p on p.guild_id = %(guild)s and p.user_id = n.user_id
where n.number > 0 and p.present and not p.is_bot
    and not exists (select from preferences h
        where h.guild_id = p.guild_id and h.user_id = p.user_id and h.hidden)
order by n.number desc, n.user_id
limit %(limit)s offset %(offset)s;

-- name: reasons
-- A page of the awards of one member, newest first.
select position, line, source, xp, stars, channel_id, occurred_at, factors
from activity_log
where guild_id = %(guild)s and user_id = %(user)s
order by position desc, line desc
limit %(limit)s offset %(offset)s;

-- name: reason_totals
-- What each source has given one member, the largest first: adds up to the profile's numbers.
select source, count(*) as awards, sum(xp)::bigint as xp, sum(stars)::bigint as stars
from activity_log
where guild_id = %(guild)s and user_id = %(user)s
group by source
order by sum(xp) desc, source;

-- name: level_ups
-- The awards after a position by which a member reached a higher level.
select position, line, user_id, level_from, level_to, occurred_at
from activity_log
where guild_id = %(guild)s and position > %(after)s and position <= %(up_to)s
    and level_to > level_from
order by position, line;

-- name: called
-- The members with exactly this name.
select user_id from profiles where guild_id = %(guild)s and name = %(name)s order by user_id;
