-- How far each read model of each guild has come, what stopped it, and what could not be read.

create table checkpoints (
    guild_id bigint not null,
    name text not null,
    position bigint not null default 0 check (position >= 0),
    stopped boolean not null default false,
    primary key (guild_id, name)
);
comment on table checkpoints is 'The last position that a read model (or an automation) has taken in.';
comment on column checkpoints.stopped is 'A fold failed: see dead_letters; "projections retry" goes on.';

create table dead_letters (
    guild_id bigint not null,
    name text not null,
    position bigint not null,
    error text not null,
    attempts integer not null default 1,
    failed_at timestamptz not null default clock_timestamp(),
    primary key (guild_id, name)
);
comment on table dead_letters is 'The event at which a read model of a guild stopped, and why.';

create table read_models (
    name text primary key,
    version integer not null,
    checksum text not null,
    built_at timestamptz not null default clock_timestamp()
);
comment on table read_models is 'Which version of each read model its tables were built by.';

create table quarantine (
    guild_id bigint not null,
    id uuid not null default gen_random_uuid(),
    event_name text not null,
    problems jsonb not null,
    skeleton jsonb not null,
    received_at timestamptz not null,
    primary key (guild_id, id)
);
comment on table quarantine is 'Gateway payloads that could not be understood: their shape, never their text.';

select protect_table('checkpoints');
select protect_table('dead_letters');
select protect_table('quarantine');
select protect_shared_table('read_models');
