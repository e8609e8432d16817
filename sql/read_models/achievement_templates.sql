-- What achievements there are. Folded by projections/achievement_templates.py.

-- name: tables
-- One row for each template that was ever defined.
create table achievement_templates (
    guild_id bigint not null,
    achievement text not null,
    revision bigint not null,
    name text not null,
    emoji text not null,
    description text not null,
    goal text not null,
    threshold bigint not null,
    scope text not null,
    series text,
    tier bigint not null,
    rarity text not null,
    xp bigint not null,
    coins bigint not null,
    image_url text,
    announce_channel_id bigint,
    retired boolean not null,
    changed_by bigint,
    changed_at timestamptz not null,
    position bigint not null
);

-- name: keys
-- By guild and achievement.
alter table achievement_templates add primary key (guild_id, achievement);

-- name: templates
-- Every template, series by series and step by step.
select achievement, revision, name, emoji, description, goal, threshold, scope, series, tier,
    rarity, xp, coins, image_url, announce_channel_id, retired, position, changed_at
from achievement_templates
where guild_id = %(guild)s
order by coalesce(series, achievement), tier, achievement;

-- name: guilds_with
-- The guilds in which something is to be had for this goal.
-- every guild: the scheduler looks for those in which something is due.
select distinct guild_id from achievement_templates
where goal = %(goal)s and not retired
order by guild_id;
