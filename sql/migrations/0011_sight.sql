-- Until when the bot saw what: of each shard by whom, and of guilds that Discord is without.

drop table watch;

create table sight (
    guild_id bigint not null,
    process text not null,
    shard_id integer not null,
    shard_count integer not null,
    seen_at timestamptz not null,
    ended boolean not null,
    primary key (guild_id, process, shard_id)
);
comment on table sight is 'Until when each process has seen all that its shards were told; rows of guild 0.';
comment on column sight.ended is 'Whether that was the end: the process was stopped in good order.';

create table unseen (
    guild_id bigint primary key,
    since timestamptz not null
);
comment on table unseen is 'Guilds of which nobody has seen anything since then, though their shards are connected.';

select protect_table('sight');
select protect_table('unseen');
