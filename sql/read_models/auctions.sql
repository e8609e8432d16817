-- Auctions. Folded by projections/auctions.py.

-- name: tables
-- One row an auction.
create table auctions (
    guild_id bigint not null,
    auction_id bigint not null,
    seller_id bigint not null,
    currency text not null,
    quantity bigint not null,
    bid_currency text not null,
    minimum bigint not null,
    increment bigint not null,
    buyout bigint,
    fee_percent bigint not null,
    ends_at timestamptz not null,
    bidder_id bigint,
    bid bigint not null,
    bids bigint not null,
    state text not null
);

-- name: keys
-- By id; the open ones by when they end.
alter table auctions add primary key (guild_id, auction_id);
create index auctions_open on auctions (guild_id, ends_at, auction_id) where state = 'open';

-- name: auction
-- One auction.
select auction_id, seller_id, currency, quantity, bid_currency, minimum, increment, buyout,
    fee_percent, bidder_id, bid, bids, ends_at, state
from auctions
where guild_id = %(guild)s and auction_id = %(auction)s;

-- name: open
-- A page of the auctions that are open, those that end first before the others.
select auction_id, seller_id, currency, quantity, bid_currency, minimum, increment, buyout,
    fee_percent, bidder_id, bid, bids, ends_at, state
from auctions
where guild_id = %(guild)s and state = 'open'
order by ends_at, auction_id
limit %(limit)s offset %(offset)s;

-- name: counts
-- How many auctions are open, and how many of them are a member's own.
select count(*) as open, count(*) filter (where seller_id = %(user)s) as own
from auctions
where guild_id = %(guild)s and state = 'open';

-- name: run_out
-- The open auctions of a guild whose time is over.
select auction_id, seller_id, currency, quantity, bid_currency, minimum, increment, buyout,
    fee_percent, bidder_id, bid, bids, ends_at, state
from auctions
where guild_id = %(guild)s and state = 'open' and ends_at <= %(now)s
order by ends_at, auction_id;

-- name: where_run_out
-- The guilds in which the time of an open auction is over.
-- every guild: the scheduler looks for those in which something is due.
select distinct guild_id from auctions where state = 'open' and ends_at <= %(now)s;
