-- Bets by member, day and game. Folded by projections/chance_stats.py.

-- name: tables
-- One row for each member, UTC day and game.
create table chance_stats (
    guild_id bigint not null,
    user_id bigint not null,
    day date not null,
    game text not null,
    bets bigint not null,
    staked bigint not null,
    won bigint not null
);

-- name: keys
-- By guild and member, newest day first.
alter table chance_stats add primary key (guild_id, user_id, day, game);

-- name: day
-- What a member bet on one day, all games together.
select coalesce(sum(bets), 0)::bigint as bets, coalesce(sum(staked), 0)::bigint as staked,
    coalesce(sum(won), 0)::bigint as won
from chance_stats
where guild_id = %(guild)s and user_id = %(user)s and day = %(day)s;

-- name: games
-- What a member bet on each game, in all.
select game, sum(bets)::bigint as bets, sum(staked)::bigint as staked, sum(won)::bigint as won
from chance_stats
where guild_id = %(guild)s and user_id = %(user)s
group by game
order by sum(bets) desc, game;
