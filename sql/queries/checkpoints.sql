-- Checkpoints: how far each read model of each guild has come.

-- name: lagging
-- The guilds in which at least one of these read models is behind, the furthest behind first,
-- and none stands still, or has tables of another build, that it takes to go on.
-- every guild: a worker looks for the guilds that want it.
select s.guild_id
from streams s
cross join unnest(%(names)s::text[], %(builds)s::text[]) as model (name, build)
left join checkpoints c on c.guild_id = s.guild_id and c.name = model.name
where coalesce(c.position, 0) < s.head and not coalesce(c.stopped, false)
    and coalesce(c.build = model.build, true)
    and not exists (
        select from checkpoints r
        join unnest(%(reads)s::text[], %(read_builds)s::text[]) as needed (name, build)
            on needed.name = r.name
        where r.guild_id = s.guild_id and (r.stopped or r.build <> needed.build))
group by s.guild_id
order by max(s.head - coalesce(c.position, 0)) desc
limit %(limit)s;

-- name: known
-- Those of these that a guild has a checkpoint of, whoever is at it.
select name from checkpoints where guild_id = %(guild)s and name = any (%(names)s::text[]);

-- name: take_opening
-- Be the one who makes checkpoints of a guild, to the end of the transaction.
select pg_advisory_xact_lock(hashtextextended('tallystick opening ' || %(guild)s::bigint, 0));

-- name: try_opening
-- The same, if nobody is.
select pg_try_advisory_xact_lock(hashtextextended('tallystick opening ' || %(guild)s::bigint, 0));

-- name: before_opening
-- Whoever makes a checkpoint waits for a swap of that read model, and a swap for whoever is at it.
select pg_advisory_xact_lock_shared(hashtextextended('tallystick checkpoint ' || missing.name, 0))
from (select name from unnest(%(names)s::text[]) as wanted (name) order by name) as missing;

-- name: nobody_opens
-- No checkpoint of this read model is made by anybody else until the end of the transaction.
select pg_advisory_xact_lock(hashtextextended('tallystick checkpoint ' || %(name)s, 0));

-- name: builds
-- Of which build the tables of these read models are.
select name, version || ':' || checksum from read_models where name = any (%(names)s::text[]);

-- name: open
-- Make sure that each of these has a checkpoint.
insert into checkpoints (guild_id, name, build)
select %(guild)s, name, build
from unnest(%(names)s::text[], %(builds)s::text[]) as missing (name, build)
order by name
on conflict do nothing;

-- name: claim
-- Take those checkpoints of a guild that nobody else is working on.
select name, position, stopped, build
from checkpoints
where guild_id = %(guild)s and name = any (%(names)s::text[])
order by name
for update skip locked;

-- name: lock
-- Take these checkpoints of a guild, waiting for whoever has them.
select name, position, stopped, build
from checkpoints
where guild_id = %(guild)s and name = any (%(names)s::text[])
order by name
for update;

-- name: lock_all
-- Take checkpoints of several guilds, waiting for whoever has them.
select c.guild_id, c.name, c.position, c.stopped, c.build
from unnest(%(guilds)b::bigint[], %(names)b::text[]) as wanted (guild_id, name)
join checkpoints c on c.guild_id = wanted.guild_id and c.name = wanted.name
where c.guild_id = any (%(guilds)b::bigint[])
order by c.guild_id, c.name
for update of c;

-- name: claim_all
-- The same for those that are free.
select c.guild_id, c.name, c.position, c.stopped, c.build
from unnest(%(guilds)b::bigint[], %(names)b::text[]) as wanted (guild_id, name)
join checkpoints c on c.guild_id = wanted.guild_id and c.name = wanted.name
where c.guild_id = any (%(guilds)b::bigint[])
order by c.guild_id, c.name
for update of c skip locked;

-- name: guilds_of
-- The guilds that have a checkpoint of a read model.
-- every guild: a swap is about all of them.
select guild_id from checkpoints where name = %(name)s order by guild_id;

-- name: advance
-- These read models are now here, and past whatever was parked on the way.
with moved as (
    select guild_id, name, position
    from unnest(%(guilds)b::bigint[], %(names)b::text[], %(positions)b::bigint[])
        as moved (guild_id, name, position)
), passed as (
    delete from dead_letters d using moved
    where d.guild_id = any (%(guilds)b::bigint[])
        and d.guild_id = moved.guild_id and d.name = moved.name and d.position <= moved.position
)
update checkpoints c set position = moved.position
from moved
where c.guild_id = any (%(guilds)b::bigint[])
    and c.guild_id = moved.guild_id and c.name = moved.name;

-- name: stop
-- A fold failed: this read model of this guild waits here until it is retried.
update checkpoints set stopped = true where guild_id = %(guild)s and name = %(name)s;

-- name: resume
-- Go on where it stopped.
-- every guild: when an operator names none.
update checkpoints set stopped = false
where name = %(name)s and stopped and (%(guild)s::bigint is null or guild_id = %(guild)s)
returning guild_id;

-- name: resume_readable
-- Go on where it stopped before an event that this release can read.
-- every guild: what waits for a release is looked for in all of them.
update checkpoints c set stopped = false
from dead_letters d
join unnest(%(types)s::text[], %(versions)s::int[]) as known (event_type, schema_version)
    on known.event_type = d.needs_type and known.schema_version >= d.needs_version
where d.guild_id = c.guild_id and d.name = c.name and c.stopped
    and (%(guild)s::bigint is null or c.guild_id = %(guild)s)
returning c.guild_id, c.name;

-- name: park
-- Keep the event that could not be folded, with its error.
insert into dead_letters
    (guild_id, name, position, error, failed_at, since, needs_type, needs_version)
values (%(guild)s, %(name)s, %(position)s, %(error)s, clock_timestamp(), clock_timestamp(),
    %(type)s, %(version)s)
on conflict (guild_id, name) do update set
    position = excluded.position, error = excluded.error,
    attempts = case when dead_letters.position = excluded.position
        then dead_letters.attempts + 1 else 1 end,
    since = case when dead_letters.position = excluded.position
        then dead_letters.since else excluded.since end,
    failed_at = excluded.failed_at,
    needs_type = excluded.needs_type, needs_version = excluded.needs_version;

-- name: dead_letters
-- Everything that waits for a mend.
-- every guild: an operator looks.
select d.guild_id, d.name, d.position, d.error, d.attempts, d.failed_at, d.since, e.event_type,
    d.needs_type
from dead_letters d
left join event_lake e on e.guild_id = d.guild_id and e.position = d.position
order by d.guild_id, d.name;

-- name: set_all
-- Put one read model's checkpoints where its rebuilt tables are.
insert into checkpoints (guild_id, name, position, build)
select guild_id, %(name)s, position, %(build)s
from unnest(%(guilds)s::bigint[], %(positions)s::bigint[]) as moved (guild_id, position)
on conflict (guild_id, name) do update set position = excluded.position, stopped = false, build = excluded.build;

-- name: forget_dead_letters
-- A rebuilt read model has nothing parked.
delete from dead_letters where name = %(name)s and guild_id = any (%(guilds)s::bigint[]);

-- name: lag
-- Each read model of each guild: where it is, where the stream is, and how long it has waited.
-- every guild: an operator looks.
select s.guild_id, model.name, coalesce(c.position, 0) as position, s.head,
    s.head - coalesce(c.position, 0) as lag, coalesce(c.stopped, false) as stopped,
    extract(epoch from clock_timestamp() - e.recorded_at)::bigint as seconds
from streams s
cross join unnest(%(names)s::text[]) as model (name)
left join checkpoints c on c.guild_id = s.guild_id and c.name = model.name
left join event_lake e on e.guild_id = s.guild_id and e.position = coalesce(c.position, 0) + 1
order by lag desc, s.guild_id, model.name;
