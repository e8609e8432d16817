-- The lake: reading and appending.

-- name: open_streams
-- Make sure that each guild has a stream.
insert into streams (guild_id)
select guild_id from unnest(%(guilds)b::bigint[]) as guild_id
on conflict do nothing;

-- name: lock_streams
-- Take the streams, in guild order, and say what time it is now that they are ours.
select
    guild_id, head, digest, date_trunc('milliseconds', clock_timestamp()) as recorded_at,
    ruled_at, ruled_digest
from streams
where guild_id = any (%(guilds)b::bigint[])
order by guild_id
for update;

-- name: lock_free_streams
-- The same for those that nobody else has.
select
    guild_id, head, digest, date_trunc('milliseconds', clock_timestamp()) as recorded_at,
    ruled_at, ruled_digest
from streams
where guild_id = any (%(guilds)b::bigint[])
order by guild_id
for update skip locked;

-- name: newest_rule
-- Where the newest rule of a guild stands.
select ruled_at, ruled_digest from streams where guild_id = %(guild)s;

-- name: append
-- Write the rows, move the heads, wake the workers: one statement, one notification.
with written as (
    insert into event_lake (
        guild_id, position, source_id, event_type, schema_version, user_id, channel_id, target_id,
        payload, occurred_at, recorded_at, salt, commitment, digest)
    select
        guild_id, position, source_id, event_type, schema_version, user_id, channel_id, target_id,
        convert_from(payload, 'UTF8')::jsonb, occurred_at, recorded_at, salt, commitment, digest
    from unnest(
        %(guild_id)b::bigint[], %(position)b::bigint[], %(source_id)b::text[],
        %(event_type)b::text[], %(schema_version)b::smallint[], %(user_id)b::bigint[],
        %(channel_id)b::bigint[], %(target_id)b::bigint[], %(payload)b::bytea[],
        %(occurred_at)b::timestamptz[], %(recorded_at)b::timestamptz[], %(salt)b::bytea[],
        %(commitment)b::bytea[], %(digest)b::bytea[])
        as row (
            guild_id, position, source_id, event_type, schema_version, user_id, channel_id,
            target_id, payload, occurred_at, recorded_at, salt, commitment, digest)
), moved as (
    update streams
    set head = moved.head, digest = moved.digest,
        ruled_at = moved.ruled_at, ruled_digest = moved.ruled_digest
    from unnest(
        %(moved_guild)b::bigint[], %(moved_head)b::bigint[], %(moved_digest)b::bytea[],
        %(moved_ruled_at)b::bigint[], %(moved_ruled_digest)b::bytea[])
        as moved (guild_id, head, digest, ruled_at, ruled_digest)
    where streams.guild_id = any (%(moved_guild)b::bigint[])
        and streams.guild_id = moved.guild_id
)
select pg_notify('tallystick', '');

-- name: stored_under
-- The event already stored under a source id.
select
    guild_id, position, source_id, event_type, schema_version, user_id, channel_id, target_id,
    convert_to(payload::text, 'UTF8') as payload, occurred_at
from event_lake
where guild_id = %(guild)s and source_id = %(source_id)s;

-- name: stored_under_any
-- The events of one guild already stored under these source ids.
select
    guild_id, position, source_id, event_type, schema_version, user_id, channel_id, target_id,
    convert_to(payload::text, 'UTF8') as payload, occurred_at
from event_lake
where guild_id = %(guild)s and source_id = any (%(source_ids)b::text[]);

-- name: stored_under_all
-- The same for several guilds.
-- every guild: on a cluster a transaction is about one, so nobody asks this there.
-- To name the guilds once more would make the planner look through the whole lake instead.
select
    e.guild_id, e.position, e.source_id, e.event_type, e.schema_version, e.user_id, e.channel_id,
    e.target_id, convert_to(e.payload::text, 'UTF8') as payload, e.occurred_at
from unnest(%(guilds)b::bigint[], %(source_ids)b::text[]) as wanted (guild_id, source_id)
join event_lake e on e.guild_id = wanted.guild_id and e.source_id = wanted.source_id;

-- name: positions_of
-- Where these source ids of one guild are stored, for those that are.
select source_id, position
from event_lake
where guild_id = %(guild)s and source_id = any (%(source_ids)b::text[]);

-- name: read
-- A page of one guild's events, in order.
select
    guild_id, position, source_id, event_type, schema_version, user_id, channel_id, target_id,
    convert_to(payload::text, 'UTF8') as payload, occurred_at
from event_lake
where guild_id = %(guild)s and position > %(after)s and position <= %(up_to)s
order by position
limit %(limit)s;

-- name: with_prefix
-- The events of one guild whose source id begins with a text, in order.
select
    guild_id, position, source_id, event_type, schema_version, user_id, channel_id, target_id,
    convert_to(payload::text, 'UTF8') as payload, occurred_at
from event_lake
where guild_id = %(guild)s
    and source_id >= %(prefix)s and source_id < %(beyond)s
    and position <= %(up_to)s
order by position;

-- name: with_prefixes
-- The same for many at once, each in its guild; "place" is that of the prefix among those asked for.
-- Looked up one by one in the index of keys, whatever the planner thinks of their number.
select
    wanted.place, e.guild_id, e.position, e.source_id, e.event_type, e.schema_version, e.user_id,
    e.channel_id, e.target_id, convert_to(e.payload::text, 'UTF8') as payload, e.occurred_at
from unnest(
    %(guilds)b::bigint[], %(prefixes)b::text[], %(beyonds)b::text[], %(up_tos)b::bigint[]
) with ordinality as wanted (guild_id, prefix, beyond, up_to, place)
cross join lateral (
    select * from event_lake
    where guild_id = wanted.guild_id and guild_id = any (%(of_guilds)b::bigint[])
        and source_id >= wanted.prefix and source_id < wanted.beyond
        and position <= wanted.up_to
    order by position
    offset 0
) as e;

-- name: was_confirmed
-- Whether an interaction since this one has confirmed what it asked, and caused something. Keys that
-- begin with a snowflake are in the order of time, and all others come behind them.
select exists (
    select from event_lake
    where guild_id = %(guild)s and source_id > %(from)s and source_id < ':'
        and event_type = 'interaction'
        and payload -> 'options' -> 'preview' = to_jsonb(%(preview)s::bigint)
        and payload -> 'caused' <> '[]'
);

-- name: of_types
-- The events of some types on one stretch of a guild's stream, in order.
select
    guild_id, position, source_id, event_type, schema_version, user_id, channel_id, target_id,
    convert_to(payload::text, 'UTF8') as payload, occurred_at
from event_lake
where guild_id = %(guild)s and position > %(after)s and position <= %(up_to)s
    and event_type = any (%(types)s::text[])
    and (%(since)s::timestamptz is null or recorded_at > %(since)s::timestamptz)
order by position;

-- name: heads
-- The newest position of every stream that the tenant may see.
-- every guild: whoever begins with all of them asks where each stands.
select guild_id, head from streams order by guild_id;

-- name: links
-- A page of one guild's chain, with everything that the digests are made of.
select
    guild_id, position, source_id, event_type, schema_version, user_id, channel_id, target_id,
    convert_to(payload::text, 'UTF8') as payload, occurred_at, recorded_at, salt, commitment, digest
from event_lake
where guild_id = %(guild)s and position > %(after)s
order by position
limit %(limit)s;

-- name: stream
-- The head and the digest of one guild's stream.
select head, digest from streams where guild_id = %(guild)s;

-- name: tail
-- The newest events of one guild, newest first, with the time they were recorded.
select position, event_type, user_id, channel_id, target_id, occurred_at, recorded_at, source_id
from event_lake
where guild_id = %(guild)s
order by position desc
limit %(limit)s;

-- name: show
-- One event with everything that is stored of it.
select
    guild_id, position, source_id, event_type, schema_version, user_id, channel_id, target_id,
    payload, occurred_at, recorded_at, encode(commitment, 'hex') as commitment,
    encode(digest, 'hex') as digest
from event_lake
where guild_id = %(guild)s and position = %(position)s;

-- name: stats
-- How many events of each type a guild has, and their span of time.
select event_type, count(*) as events, min(occurred_at) as first, max(occurred_at) as last
from event_lake
where guild_id = %(guild)s
group by event_type
order by events desc, event_type;
