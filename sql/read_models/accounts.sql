-- The ledger. Folded by projections/accounts.py.

-- name: tables
-- One row an account; one line a posting, with the balance after it. Only the mint may owe.
create table accounts (
    guild_id bigint not null,
    account text not null,
    currency text not null,
    owner_id bigint not null,
    balance bigint not null,
    balance_at bigint not null,
    constraint accounts_only_the_mint_owes check (balance >= 0 or account = 'mint')
);
create table ledger_entries (
    guild_id bigint not null,
    position bigint not null,
    line bigint not null,
    account text not null,
    currency text not null,
    amount bigint not null,
    balance bigint not null,
    owner_id bigint not null,
    event_type text not null,
    counterpart_id bigint,
    occurred_at timestamptz not null,
    constraint ledger_entries_only_the_mint_owes check (balance >= 0 or account = 'mint')
);

-- name: keys
-- Accounts are found by owner, those in debt, mints and full tills among all; entries by owner newest first.
alter table accounts add primary key (guild_id, account, currency);
create index accounts_by_owner on accounts (guild_id, owner_id);
create index accounts_in_debt on accounts (guild_id)
    where starts_with(currency, 'debt:') and balance > 0;
create index accounts_of_mints on accounts (guild_id) where account = 'mint' and currency = 'coins';
create index accounts_of_shops on accounts (guild_id) where account = 'shop' and balance > 0;
alter table ledger_entries add primary key (guild_id, position, line);
create index ledger_entries_by_owner on ledger_entries (guild_id, owner_id, position desc);
create trigger ledger_entries_balance after insert on ledger_entries
    referencing new table as posted for each statement execute function ledger_balances();

-- name: balance
-- What one account holds.
select balance from accounts
where guild_id = %(guild)s and account = %(account)s and currency = %(currency)s;

-- name: balances
-- What each of these accounts holds of a currency.
select account, balance from accounts
where guild_id = %(guild)s and account = any (%(accounts)s::text[]) and currency = %(currency)s;

-- name: held
-- Everything one account holds, by currency.
select currency, balance from accounts
where guild_id = %(guild)s and account = %(account)s and balance > 0
order by currency;

-- name: balance_after
-- What one account held right after the event at a position.
select balance from ledger_entries
where guild_id = %(guild)s and account = %(account)s and currency = %(currency)s
    and position <= %(position)s
order by position desc, line desc
limit 1;

-- name: board
-- A page of the richest: the same number is the same rank, the earlier achiever stands first;
-- members who left or are hidden, and bots, are not shown.
select rank() over (order by a.balance desc) as rank, a.owner_id as user_id, p.name,
    coalesce(p.level, 0) as level, a.balance as number, count(*) over () as members
from accounts a
left join profiles p on p.guild_id = a.guild_id and p.user_id = a.owner_id
where a.guild_id = %(guild)s and starts_with(a.account, 'wallet:')
    and a.currency = %(currency)s and a.balance > 0
    and coalesce(p.present, true) and not coalesce(p.is_bot, false)
    and not exists (select from preferences h
        where h.guild_id = a.guild_id and h.user_id = a.owner_id and h.hidden)
order by a.balance desc, a.balance_at, a.owner_id
limit %(limit)s offset %(offset)s;

-- name: held_by
-- What the accounts of these owners hold (0 is the guild itself), of every currency.
select account, currency, balance from accounts
where guild_id = %(guild)s and owner_id = any (%(owners)s::bigint[]);

-- name: holdings
-- Every member's account of a kind ('wallet:' or 'bank:') that holds some of a currency.
select account, balance from accounts
where guild_id = %(guild)s and currency = %(currency)s and starts_with(account, %(kind)s)
    and balance > 0
order by owner_id;

-- name: idle_wallets
-- The wallets with coins of members who were last seen before a moment.
select a.account, a.balance from accounts a
join profiles p on p.guild_id = a.guild_id and p.user_id = a.owner_id
where a.guild_id = %(guild)s and a.currency = %(currency)s and starts_with(a.account, 'wallet:')
    and a.balance > 0 and p.last_seen < %(before)s
order by a.owner_id;

-- name: debts
-- Who owes what, and since which position it is so much.
select owner_id, currency, balance, balance_at from accounts
where guild_id = %(guild)s and starts_with(currency, 'debt:') and starts_with(account, 'wallet:')
    and balance > 0
order by owner_id, currency;

-- name: shops_with_money
-- The guilds whose shop has something in its till.
-- every guild: the scheduler looks for those in which something is due.
select distinct guild_id from accounts where account = 'shop' and balance > 0;

-- name: books
-- Who holds a currency: adds up to zero, or money was made or lost. Things are one line.
select case when starts_with(currency, 'item:') then 'item:' else currency end as currency,
    sum(balance)::bigint as sum,
    -coalesce(sum(balance) filter (where account = 'mint'), 0)::bigint as made,
    coalesce(sum(balance) filter (where account = 'sink'), 0)::bigint as destroyed,
    coalesce(sum(balance) filter (where starts_with(account, 'wallet:')
        or starts_with(account, 'bank:')), 0)::bigint as members,
    coalesce(sum(balance) filter (where starts_with(account, 'escrow:')), 0)::bigint as escrow,
    coalesce(sum(balance) filter (where account in ('treasury', 'shop', 'fees')), 0)::bigint
        as guild
from accounts
where guild_id = %(guild)s
group by 1
order by 1;

-- name: holders
-- What each member holds of a currency in wallet and bank together, the richest first.
select owner_id, sum(balance)::bigint as balance from accounts
where guild_id = %(guild)s and currency = %(currency)s
    and (starts_with(account, 'wallet:') or starts_with(account, 'bank:'))
group by owner_id
order by sum(balance) desc, owner_id;

-- name: changes_by_week
-- How much each member's wallet and bank together gained in each week (by its Monday, UTC).
select date_trunc('week', occurred_at at time zone 'UTC')::date as week, owner_id,
    sum(amount)::bigint as amount
from ledger_entries
where guild_id = %(guild)s and currency = %(currency)s and occurred_at >= %(since)s
    and (starts_with(account, 'wallet:') or starts_with(account, 'bank:'))
group by 1, 2
having sum(amount) <> 0
order by 1, 2;

-- name: sums
-- The sum over all accounts for each currency: zero, or money was made or lost.
select currency, sum(balance)::bigint as sum from accounts
where guild_id = %(guild)s
group by currency;

-- name: reasons
-- A page of the postings on one account of a member, newest first.
select position, line, event_type as source, amount, balance, counterpart_id, occurred_at
from ledger_entries
where guild_id = %(guild)s and owner_id = %(user)s and account = %(account)s
    and currency = %(currency)s
order by position desc, line desc
limit %(limit)s offset %(offset)s;

-- name: reason_totals
-- What each kind of event has moved on one account of a member: adds up to the balance.
select event_type as source, count(*) as postings, sum(amount)::bigint as amount
from ledger_entries
where guild_id = %(guild)s and owner_id = %(user)s and account = %(account)s
    and currency = %(currency)s
group by event_type
order by sum(amount) desc, event_type;

-- name: transactions
-- A page of the postings on a member's own accounts, of every kind and currency or of one, newest
-- first.
select position, line, event_type as kind, account, currency, amount, balance, counterpart_id,
    occurred_at
from ledger_entries
where guild_id = %(guild)s and owner_id = %(user)s and account in (%(wallet)s, %(bank)s)
    and (%(kind)s::text is null or event_type = %(kind)s)
    and (%(currency)s::text is null or currency = %(currency)s)
order by position desc, line desc
limit %(limit)s offset %(offset)s;

-- name: transaction_count
-- How many postings there are on a member's own accounts, of every kind and currency or of one.
select count(*) as postings from ledger_entries
where guild_id = %(guild)s and owner_id = %(user)s and account in (%(wallet)s, %(bank)s)
    and (%(kind)s::text is null or event_type = %(kind)s)
    and (%(currency)s::text is null or currency = %(currency)s);
