-- The lake: one stream per guild, contiguous positions, a chain of digests, rows that cannot change.

create table streams (
    guild_id bigint primary key,
    head bigint not null default 0 check (head >= 0),
    digest bytea not null default decode(repeat('00', 32), 'hex') check (length(digest) = 32)
);
comment on table streams is 'One row a guild; whoever appends holds it. Guild 0 is direct messages.';
comment on column streams.head is 'The position of the newest event; 0 when there is none.';
comment on column streams.digest is 'The digest of the newest event.';

create table event_lake (
    guild_id bigint not null,
    position bigint not null check (position > 0),
    source_id text collate "C" not null,
    event_type text not null,
    schema_version smallint not null,
    user_id bigint,
    channel_id bigint,
    target_id bigint,
    payload jsonb,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    salt bytea,
    commitment bytea not null check (length(commitment) = 32),
    digest bytea not null check (length(digest) = 32),
    primary key (guild_id, position),
    unique (guild_id, source_id)
);
comment on table event_lake is 'Every fact, once. Append only.';
comment on column event_lake.source_id is 'Idempotency key made of Discord''s own ids.';
comment on column event_lake.commitment is 'sha256(salt || canonical content).';
comment on column event_lake.digest is 'sha256(digest of the position before || commitment).';

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'event_lake is append-only: % is refused', tg_op
        using errcode = 'restrict_violation',
              hint = 'Record a new event that says what changed.';
end
$$;

create trigger event_lake_rows_stay before update or delete on event_lake
    for each row execute function refuse_change();
create trigger event_lake_is_not_emptied before truncate on event_lake
    for each statement execute function refuse_change();

select protect_table('streams');
select protect_table('event_lake');
revoke update, delete on event_lake from tallystick_app;
revoke delete on streams from tallystick_app;
