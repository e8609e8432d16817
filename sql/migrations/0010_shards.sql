-- What the processes that share the bot's shards know of one another: how many shards there are,
-- and whose turn it is to identify. Rows of guild 0, one bot (application) each.

create table shard_counts (
    guild_id bigint not null,
    application_id bigint not null,
    shards integer not null check (shards > 0),
    agreed_at timestamptz not null default clock_timestamp(),
    primary key (guild_id, application_id)
);
comment on table shard_counts is 'How many shards the bot has; every process of it runs some of so many.';

create table identify_turns (
    guild_id bigint not null,
    application_id bigint not null,
    bucket integer not null check (bucket >= 0),
    turn_at timestamptz not null,
    primary key (guild_id, application_id, bucket)
);
comment on table identify_turns is 'The newest turn to identify that was given out, of each of Discord''s buckets.';
comment on column identify_turns.bucket is 'The shard''s id modulo max_concurrency.';

select protect_table('shard_counts');
select protect_table('identify_turns');
