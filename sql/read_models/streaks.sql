-- Streaks of claims. Folded by projections/streaks.py.

-- name: tables
-- One row a member; the multiplier is in hundredths.
create table streaks (
    guild_id bigint not null,
    user_id bigint not null,
    multiplier bigint not null,
    daily bigint not null,
    daily_longest bigint not null,
    daily_claims bigint not null,
    daily_day bigint,
    daily_at timestamptz,
    daily_zone text,
    daily_position bigint not null,
    weekly bigint not null,
    weekly_longest bigint not null,
    weekly_claims bigint not null,
    weekly_week bigint,
    weekly_at timestamptz,
    weekly_zone text,
    weekly_position bigint not null,
    tokens_used bigint not null
);

-- name: keys
-- By guild and member.
alter table streaks add primary key (guild_id, user_id);

-- name: of_member
-- The streaks of one member.
select multiplier, daily, daily_longest, daily_claims, daily_day, daily_at, daily_zone,
    daily_position, weekly, weekly_longest, weekly_claims, weekly_week, weekly_at, weekly_zone,
    weekly_position, tokens_used
from streaks
where guild_id = %(guild)s and user_id = %(user)s;
