-- Plain SQL that does the same amount of work: what the figures are compared with.

-- name: make_room
-- A schema of its own, which the program's check of the schema does not look at.
create schema if not exists bare;

-- name: make_bare_lake
-- A table of the lake's shape and indexes without triggers and row-level security.
create table bare.lake (like event_lake including all);

-- name: now
-- The time by the database's clock.
select clock_timestamp();

-- name: insert
-- A thousand finished rows at once.
insert into bare.lake (
    guild_id, position, source_id, event_type, schema_version, user_id, channel_id, target_id,
    payload, occurred_at, recorded_at, salt, commitment, digest)
select guild_id, position, source_id, event_type, schema_version, user_id, channel_id, target_id,
    payload::jsonb, occurred_at, recorded_at, salt, commitment, digest
from unnest(
    %(guild_id)b::bigint[], %(position)b::bigint[], %(source_id)b::text[],
    %(event_type)b::text[], %(schema_version)b::smallint[], %(user_id)b::bigint[],
    %(channel_id)b::bigint[], %(target_id)b::bigint[], %(payload)b::text[],
    %(occurred_at)b::timestamptz[], %(recorded_at)b::timestamptz[], %(salt)b::bytea[],
    %(commitment)b::bytea[], %(digest)b::bytea[])
    as row (
        guild_id, position, source_id, event_type, schema_version, user_id, channel_id,
        target_id, payload, occurred_at, recorded_at, salt, commitment, digest);

-- name: finished_rows
-- The rows that the writer has written since, as they are.
select
    guild_id, position, source_id, event_type, schema_version, user_id, channel_id, target_id,
    payload::text as payload, occurred_at, recorded_at, salt, commitment, digest
from event_lake
where recorded_at >= %(since)s
order by recorded_at, guild_id, position;

-- name: count_by_member
-- One read model of the nine in one statement: each member's events by type and day.
create table counted as
select guild_id, user_id, event_type, occurred_at::date as day, count(*) as count
from event_lake
where user_id is not null
group by guild_id, user_id, event_type, occurred_at::date;

-- name: counted
-- How many events there were.
select count(*) from event_lake;

-- name: forget_count
-- The next round starts with nothing.
drop table counted;

-- name: make_bare_accounts
-- Accounts of the same shape, without row-level security.
create table bare.accounts (like accounts including all);

-- name: make_bare_entries
-- Ledger entries of the same shape.
create table bare.entries (like ledger_entries including all);

-- name: fill_bare_accounts
-- Coins for everybody.
insert into bare.accounts
select 1, 'wallet:' || n, 'coins', n, 1000000, 0 from generate_series(1, 300) as n;

-- name: transfer
-- One payment in one statement: both balances, both lines.
with moved as (
    update bare.accounts
    set balance = balance + case account when %(payer)s then -%(amount)s else %(amount)s end,
        balance_at = %(position)s
    where guild_id = 1 and account in (%(payer)s, %(payee)s) and currency = 'coins'
    returning account, balance, owner_id
)
insert into bare.entries
select 1, %(position)s, row_number() over (), account, 'coins', %(amount)s, balance, owner_id,
    'payment', 0, clock_timestamp()
from moved;

-- name: take
-- One payment in three statements: the payer's balance,
update bare.accounts set balance = balance - %(amount)s, balance_at = %(position)s
where guild_id = 1 and account = %(payer)s and currency = 'coins' and balance >= %(amount)s;

-- name: give
-- the payee's,
update bare.accounts set balance = balance + %(amount)s, balance_at = %(position)s
where guild_id = 1 and account = %(payee)s and currency = 'coins';

-- name: enter
-- and both lines.
insert into bare.entries values
    (1, %(position)s, 1, %(payer)s, 'coins', -%(amount)s, 0, 0, 'payment', 0, clock_timestamp()),
    (1, %(position)s, 2, %(payee)s, 'coins', %(amount)s, 0, 0, 'payment', 0, clock_timestamp());

-- name: make_bare_spool
-- SQLite: a table of the spool's shape.
create table steps (
    number integer primary key autoincrement, kind text, version integer, body blob);

-- name: bare_spool_in_wal
-- SQLite: with a write-ahead log ...
pragma journal_mode = wal;

-- name: bare_spool_synced
-- SQLite: ... that is synced at each commit.
pragma synchronous = full;

-- name: insert_bare_spool
-- SQLite: one row.
insert into steps (kind, version, body) values (?, ?, ?);
