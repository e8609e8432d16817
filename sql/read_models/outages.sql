-- Outages. Folded by projections/outages.py.

-- name: tables
-- One line an outage.
create table outages (
    guild_id bigint not null,
    position bigint not null,
    line bigint not null,
    began_ms bigint not null,
    ended_ms bigint not null
);

-- name: keys
-- Found by when they ended.
alter table outages add primary key (guild_id, position, line);
create index outages_by_end on outages (guild_id, ended_ms);

-- name: between
-- The outages that touch the time from one millisecond to another, oldest first.
select began_ms, ended_ms from outages
where guild_id = %(guild)s and ended_ms > %(start)s and began_ms < %(end)s
order by began_ms, position;
