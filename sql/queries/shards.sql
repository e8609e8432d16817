-- Shards over several processes. The rows are of guild 0.

-- name: agreed
-- How many shards the bot has.
select shards from shard_counts where guild_id = 0 and application_id = %(application)s;

-- name: agree
-- It has so many from now on.
insert into shard_counts (guild_id, application_id, shards)
values (0, %(application)s, %(shards)s)
on conflict (guild_id, application_id) do update set
    shards = excluded.shards, agreed_at = clock_timestamp()
returning shards;

-- name: take_turn
-- The next turn of a bucket is ours: now, or a pause after the one that was given out last; in how
-- many seconds that is.
insert into identify_turns (guild_id, application_id, bucket, turn_at)
values (0, %(application)s, %(bucket)s, clock_timestamp())
on conflict (guild_id, application_id, bucket) do update set turn_at = greatest(
    clock_timestamp(), identify_turns.turn_at + make_interval(secs => %(pause)s))
returning extract(epoch from turn_at - clock_timestamp())::float8 as seconds;

-- name: hold
-- For the whole session: act as the app, for guild 0, and notice soon when the other side is gone.
select set_config('tcp_keepalives_idle', '10', false),
    set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '3', false), set_config('role', %(role)s, false),
    set_config('app.current_tenant', '0', false);

-- name: try_alone
-- Be the only process of the bot that runs shards, if it is so.
select pg_try_advisory_lock(hashtextextended('tallystick shards ' || %(application)s::bigint, 0));

-- name: end_alone
-- Others may run shards too.
select pg_advisory_unlock(hashtextextended('tallystick shards ' || %(application)s::bigint, 0));

-- name: be_one
-- Be one of the processes that run shards, from now to the end of the session.
select pg_advisory_lock_shared(hashtextextended('tallystick shards ' || %(application)s::bigint, 0));

-- name: try_seat
-- Be the one process that is this cluster, if there is none, to the end of the session.
select pg_try_advisory_lock(hashtextextended(
    'tallystick cluster ' || %(application)s::bigint || ' ' || %(cluster)s::int, 0));

-- name: let_go
-- Be nobody any more.
select pg_advisory_unlock_all();

-- name: still_there
-- Whether the session still is.
select true;
