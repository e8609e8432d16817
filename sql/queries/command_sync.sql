-- Commands as Discord knows them. Guild 0 stands for the global ones.

-- name: stored
-- The digest of what Discord was last told.
select digest from command_sync where guild_id = 0 and application_id = %(application)s;

-- name: store
-- Discord has been told.
insert into command_sync (guild_id, application_id, digest)
values (0, %(application)s, %(digest)s)
on conflict (guild_id, application_id) do update set
    digest = excluded.digest, synced_at = clock_timestamp();
