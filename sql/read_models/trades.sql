-- Trades between two members. Folded by projections/trades.py.

-- name: tables
-- One row a trade; an offer is how much of each currency.
create table trades (
    guild_id bigint not null,
    trade_id bigint not null,
    proposer_id bigint not null,
    partner_id bigint not null,
    expires_at timestamptz not null,
    proposer_offer jsonb not null,
    partner_offer jsonb not null,
    version bigint not null,
    confirmed_by bigint,
    state text not null
);

-- name: keys
-- By id; the open ones by when they run out.
alter table trades add primary key (guild_id, trade_id);
create index trades_open on trades (guild_id, expires_at) where state = 'open';

-- name: trade
-- One trade.
select trade_id, proposer_id, partner_id, proposer_offer, partner_offer, version, confirmed_by,
    state, expires_at
from trades
where guild_id = %(guild)s and trade_id = %(trade)s;

-- name: open_of
-- The open trades of a member, newest first.
select trade_id, proposer_id, partner_id, proposer_offer, partner_offer, version, confirmed_by,
    state, expires_at
from trades
where guild_id = %(guild)s and state = 'open' and %(user)s in (proposer_id, partner_id)
order by trade_id desc;

-- name: run_out
-- The open trades of a guild whose time is over.
select trade_id, proposer_id, partner_id, proposer_offer, partner_offer, version, confirmed_by,
    state, expires_at
from trades
where guild_id = %(guild)s and state = 'open' and expires_at <= %(now)s
order by trade_id;

-- name: where_run_out
-- The guilds in which the time of an open trade is over.
-- every guild: the scheduler looks for those in which something is due.
select distinct guild_id from trades where state = 'open' and expires_at <= %(now)s;
