-- Discord allows 200 command creations a day, so it is told our commands only when they change.

create table command_sync (
    guild_id bigint not null,
    application_id bigint not null,
    digest text not null,
    synced_at timestamptz not null default clock_timestamp(),
    primary key (guild_id, application_id)
);
comment on table command_sync is 'A digest of the commands that Discord was last told; guild 0 is global.';

select protect_table('command_sync');
