-- The tables of read models: made, rebuilt aside, swapped in.

-- name: act_as_owner
-- What follows in this transaction is done by the schema's owner.
set local role tallystick_owner;

-- name: take_turn
-- One process at a time makes or rebuilds a read model; the name is the lock.
select pg_advisory_xact_lock(hashtextextended('tallystick read model ' || %(name)s, 0));

-- name: try_turn
-- The same for the whole session, without waiting.
select pg_try_advisory_lock(hashtextextended('tallystick rebuild ' || %(name)s, 0));

-- name: end_turn
-- Let the next one rebuild it.
select pg_advisory_unlock(hashtextextended('tallystick rebuild ' || %(name)s, 0));

-- name: built
-- What the tables in this database were built by.
select name, version, checksum from read_models order by name;

-- name: record
-- These tables are built by this version now.
insert into read_models (name, version, checksum)
values (%(name)s, %(version)s, %(checksum)s)
on conflict (name) do update set
    version = excluded.version, checksum = excluded.checksum, built_at = clock_timestamp();

-- name: build_in
-- Unqualified names are made in this schema, until the end of the transaction.
select set_config('search_path', %(schema)s || ',public', true);

-- name: exists
-- Whether a table is there.
select to_regclass(%(table)s) is not null;

-- name: protect
-- Row-level security for a finished table.
select protect_table(%(table)s::regclass);

-- name: place
-- Put a finished table where it is kept: on this server, or on those of a Citus cluster.
select place_table(%(table)s::regclass);

-- name: drop_table
-- Away with it.
drop table if exists {table};

-- name: move_table
-- From the workshop to its place.
alter table {table} set schema public;
