-- Until when the bot saw what.

-- name: notes
-- All shards, as every process noted them last.
select process, shard_id, shard_count, seen_at, ended from sight where guild_id = 0;

-- name: note
-- One process has seen these shards until then; what it noted before is no more.
insert into sight (guild_id, process, shard_id, shard_count, seen_at, ended)
select 0, %(process)s, shard_id, shard_count, seen_at, %(ended)s
from unnest(%(shards)b::bigint[], %(counts)b::bigint[], %(seen)b::timestamptz[])
    as row (shard_id, shard_count, seen_at)
on conflict (guild_id, process, shard_id) do update
set shard_count = excluded.shard_count, seen_at = excluded.seen_at, ended = excluded.ended;

-- name: tidy
-- What is older than a moment, and not the newest word on its shard.
delete from sight
where guild_id = 0 and seen_at < %(before)s and exists (
    select from sight newer
    where newer.guild_id = 0 and newer.shard_id = sight.shard_id
        and newer.shard_count = sight.shard_count and newer.seen_at > sight.seen_at
);

-- name: unseen
-- Nobody sees these guilds since then; if that is known already, it stays.
insert into unseen (guild_id, since)
select guild_id, since from unnest(%(guilds)b::bigint[], %(since)b::timestamptz[])
    as row (guild_id, since)
on conflict do nothing;

-- name: unseen_since
-- Since when nobody sees a guild.
select since from unseen where guild_id = %(guild)s;

-- name: seen_again
-- Somebody does.
delete from unseen where guild_id = %(guild)s;
