-- The shop. Folded by projections/shop.py.

-- name: tables
-- One row for each item that was ever in the shop.
create table shop_items (
    guild_id bigint not null,
    item text not null,
    revision bigint not null,
    removed boolean not null,
    name text not null,
    emoji text not null,
    description text not null,
    price bigint not null,
    currency text not null,
    stock bigint,
    sold bigint not null,
    member_limit bigint,
    role_id bigint,
    role_prices jsonb not null,
    refund_hours bigint not null,
    effect text,
    changed_by bigint,
    changed_at timestamptz not null,
    position bigint not null
);

-- name: keys
-- By guild and item.
alter table shop_items add primary key (guild_id, item);

-- name: items
-- Every item, the cheapest first; those that were removed too.
select item, revision, removed, name, emoji, description, price, currency, stock, sold, member_limit,
    role_id, role_prices, refund_hours, effect
from shop_items
where guild_id = %(guild)s
order by price, lower(name), item;

-- name: item
-- One item, also when it was removed.
select item, revision, removed, name, emoji, description, price, currency, stock, sold, member_limit,
    role_id, role_prices, refund_hours, effect
from shop_items
where guild_id = %(guild)s and item = %(item)s;

-- name: inventory
-- What things a member has, the most first, with what the shop knows of them.
select substr(a.currency, 6) as item, a.balance as quantity, s.name, s.emoji, s.description,
    s.effect
from accounts a
left join shop_items s on s.guild_id = a.guild_id and s.item = substr(a.currency, 6)
where a.guild_id = %(guild)s and a.owner_id = %(user)s and a.account = %(account)s
    and starts_with(a.currency, 'item:') and a.balance > 0
order by a.balance desc, a.currency;
