-- What members and servers are to be told, until Discord has it: found in the log behind a
-- checkpoint of its own, sent once.

create table notices (
    guild_id bigint not null,
    position bigint not null,
    kind text not null,
    user_id bigint,
    channel_id bigint,
    words text not null,
    taken_at timestamptz not null,
    batch bigint,
    attempts integer not null default 0,
    tried_at timestamptz,
    retry_at timestamptz,
    problem text,
    given_up boolean not null default false,
    sent_at timestamptz,
    primary key (guild_id, position)
);
create index notices_waiting on notices (guild_id, position) where sent_at is null and not given_up;
comment on table notices is 'What is to be told in Discord: waiting, being sent, sent a moment ago, or given up.';
comment on column notices.position is 'The event that it tells of.';
comment on column notices.channel_id is 'Where; null for a direct message to the member.';
comment on column notices.batch is 'Those of one message: the position of the first; the nonce is made of it.';

select protect_table('notices');
