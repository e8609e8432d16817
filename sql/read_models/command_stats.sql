-- How commands are used. Folded by projections/command_stats.py.

-- name: tables
-- One row a command; one a command and UTC day.
create table command_stats (
    guild_id bigint not null,
    kind text not null,
    name text not null,
    used bigint not null,
    refused bigint not null,
    failed bigint not null,
    duration_ms bigint not null
);
create table command_stats_daily (
    guild_id bigint not null,
    day date not null,
    kind text not null,
    name text not null,
    used bigint not null,
    refused bigint not null,
    failed bigint not null,
    duration_ms bigint not null
);

-- name: keys
-- By guild, then as they are read.
alter table command_stats add primary key (guild_id, kind, name);
alter table command_stats_daily add primary key (guild_id, day, kind, name);
