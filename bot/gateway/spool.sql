-- The spool's SQLite file: see spool.py.

-- name: durable
-- A commit is on disk when it returns, also when the machine loses its power right after it.
pragma journal_mode = wal;

-- name: synchronous
-- With the write-ahead log, FULL syncs it at each commit.
pragma synchronous = full;

-- name: create
-- One row for each step, in the order in which they came.
create table if not exists steps (
    number integer primary key autoincrement,
    kind text not null,
    version integer not null,
    body blob not null,
    spooled_at integer not null
) strict;

-- name: create_aside
-- Steps that this code could not read: kept for the release that can.
create table if not exists aside (
    number integer primary key,
    kind text not null,
    version integer not null,
    body blob not null,
    spooled_at integer not null
) strict;

-- name: append
-- One more step behind all others; times are in milliseconds since 1970.
insert into steps (kind, version, body, spooled_at) values (?, ?, ?, ?);

-- name: head
-- The oldest steps.
select number, kind, version, body from steps order by number limit ?;

-- name: replace
-- What a step has become.
update steps set kind = ?, version = ?, body = ? where number = ?;

-- name: remove
-- Steps that have come to their end, up to one of them.
delete from steps where number <= ?;

-- name: set_aside
-- Keep a step out of the way.
insert or replace into aside select * from steps where number = ?;

-- name: remove_one
-- A step that was set aside.
delete from steps where number = ?;

-- name: put_back
-- Let those that were set aside be tried again: they are the oldest, and keep their numbers.
insert or ignore into steps select * from aside;

-- name: empty_aside
-- They have been put back.
delete from aside;

-- name: measure
-- How many steps wait, how many bytes they have, and since when the oldest waits.
select count(*), coalesce(sum(length(body)), 0), min(spooled_at) from steps;

-- name: measure_to
-- The same of those up to a number.
select count(*), coalesce(sum(length(body)), 0), min(spooled_at) from steps where number <= ?;

-- name: oldest
-- Since when the oldest waits.
select spooled_at from steps order by number limit 1;

-- name: count_aside
-- How many are set aside.
select count(*) from aside;

-- name: shrink
-- Give the room of an emptied spool back to the disk.
vacuum;

-- name: truncate
-- Bring the write-ahead log into the file, and give its room back.
pragma wal_checkpoint(truncate);
