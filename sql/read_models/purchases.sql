-- Purchases. Folded by projections/purchases.py.

-- name: tables
-- One row a purchase.
create table purchases (
    guild_id bigint not null,
    user_id bigint not null,
    purchase_id bigint not null,
    item text not null,
    quantity bigint not null,
    price bigint not null,
    currency text not null,
    bought_at timestamptz not null,
    refundable_until timestamptz,
    refunded_at timestamptz,
    position bigint not null
);

-- name: keys
-- By member; and what the shop may still have to pay back, by its end, and its newest takings.
alter table purchases add primary key (guild_id, user_id, purchase_id);
create index purchases_refundable on purchases (guild_id, refundable_until)
    where refunded_at is null;
create index purchases_by_time on purchases (guild_id, bought_at) where refunded_at is null;

-- name: bought
-- How many of an item a member has bought and not returned.
select coalesce(sum(quantity), 0)::bigint as quantity
from purchases
where guild_id = %(guild)s and user_id = %(user)s and item = %(item)s and refunded_at is null;

-- name: pledged
-- What the shop has to keep of a currency for purchases that could be returned at or after a
-- moment.
select coalesce(sum(price), 0)::bigint as coins
from purchases
where guild_id = %(guild)s and currency = %(currency)s and refunded_at is null
    and refundable_until >= %(since)s;

-- name: kept
-- The same, and the price of everything that was bought (and not returned) after another moment.
select coalesce(sum(price), 0)::bigint as coins
from purchases
where guild_id = %(guild)s and currency = %(currency)s and refunded_at is null
    and (refundable_until >= %(refundable)s or bought_at > %(since)s);

-- name: purchase
-- One purchase of a member, with the item's name if it has one.
select p.purchase_id, p.item, coalesce(s.name, p.item) as name, coalesce(s.emoji, '') as emoji,
    p.quantity, p.price, p.currency, p.bought_at, p.refundable_until, p.refunded_at
from purchases p
left join shop_items s on s.guild_id = p.guild_id and s.item = p.item
where p.guild_id = %(guild)s and p.user_id = %(user)s and p.purchase_id = %(purchase)s;

-- name: refundable
-- What a member can return now, the newest first.
select p.purchase_id, p.item, coalesce(s.name, p.item) as name, coalesce(s.emoji, '') as emoji,
    p.quantity, p.price, p.currency, p.bought_at, p.refundable_until, p.refunded_at
from purchases p
left join shop_items s on s.guild_id = p.guild_id and s.item = p.item
where p.guild_id = %(guild)s and p.user_id = %(user)s and p.refunded_at is null
    and p.refundable_until >= %(now)s
order by p.purchase_id desc
limit %(limit)s;
