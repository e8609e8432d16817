-- Wagers and who wants none. Folded by projections/wagers.py.

-- name: tables
-- One row a wager; one row for each member who has ever left the games.
create table wagers (
    guild_id bigint not null,
    wager_id bigint not null,
    challenger_id bigint not null,
    opponent_id bigint not null,
    stake bigint not null,
    state text not null,
    winner_id bigint,
    offered_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    position bigint not null
);
create table games_choices (
    guild_id bigint not null,
    user_id bigint not null,
    opted_out boolean not null,
    chosen_at timestamptz not null
);

-- name: keys
-- Wagers are found by id, open ones by the time they end; choices by member.
alter table wagers add primary key (guild_id, wager_id, challenger_id);
create index wagers_by_challenger on wagers (guild_id, challenger_id);
create index wagers_open on wagers (expires_at) where state = 'open';
alter table games_choices add primary key (guild_id, user_id);

-- name: opted_out
-- Whether a member wants no games.
select opted_out from games_choices
where guild_id = %(guild)s and user_id = %(user)s;

-- name: open_offers
-- How many wagers of a challenger wait for an answer.
select count(*) as wagers from wagers
where guild_id = %(guild)s and challenger_id = %(user)s
    and state = 'open' and expires_at > %(now)s;

-- name: overdue_guilds
-- The guilds in which an open wager's time is up.
-- every guild: the scheduler looks for those in which something is due.
select distinct guild_id from wagers
where state = 'open' and expires_at <= %(now)s;

-- name: overdue
-- The open wagers of a guild whose time is up.
select wager_id, challenger_id, opponent_id, stake, expires_at from wagers
where guild_id = %(guild)s and state = 'open' and expires_at <= %(now)s
order by expires_at, wager_id;
