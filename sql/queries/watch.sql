-- The bot's own watch: when it was last at work.

-- name: last_seen
-- The last moment that was noted.
select seen_at from watch where guild_id = 0;

-- name: note
-- The bot is at work now.
insert into watch (guild_id, seen_at) values (0, %(now)s)
on conflict (guild_id) do update set seen_at = greatest(watch.seen_at, excluded.seen_at);
