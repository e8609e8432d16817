-- Where the newest rule of a guild stands: whoever looks at the stream knows without reading rules
-- whether those it remembers are still in force.

alter table streams
    add column ruled_at bigint not null default 0 check (ruled_at >= 0),
    add column ruled_digest bytea not null default decode(repeat('00', 32), 'hex')
        check (length(ruled_digest) = 32);
comment on column streams.ruled_at is 'The position of the newest rule (source id "rule:..."); 0 when there is none.';
comment on column streams.ruled_digest is 'The digest at that position.';

update streams set ruled_at = newest.position, ruled_digest = newest.digest
from (
    select distinct on (guild_id) guild_id, position, digest from event_lake
    where starts_with(source_id, 'rule:')
    order by guild_id, position desc
) as newest
where newest.guild_id = streams.guild_id;
