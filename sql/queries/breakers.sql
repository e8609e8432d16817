-- What Discord does not let us do somewhere.

-- name: all
-- Everything that has failed in a guild since it last worked, the oldest first.
select way, standing, failures, problem, first_at, retry_at
from breakers
where guild_id = %(guild)s
order by first_at, way;

-- name: keep
-- It has failed once more.
insert into breakers (guild_id, way, standing, failures, problem, first_at, retry_at)
values (%(guild)s, %(way)s, %(standing)s, %(failures)s, %(problem)s, %(now)s, %(retry_at)s)
on conflict (guild_id, way) do update set
    standing = excluded.standing, failures = excluded.failures, problem = excluded.problem,
    retry_at = excluded.retry_at;

-- name: close
-- It has worked.
delete from breakers where guild_id = %(guild)s and way = %(way)s;

-- name: try_again
-- Everything of a guild may be tried at once.
update breakers set retry_at = %(now)s where guild_id = %(guild)s and retry_at > %(now)s;

-- name: forget
-- What was not tried any more for long: nobody wants it there.
delete from breakers
where guild_id = %(guild)s and retry_at < %(now)s::timestamptz - interval '30 days';
