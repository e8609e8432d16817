-- Where a finished table of a read model is kept: here. sql/citus.sql says otherwise.

create function place_table(target regclass) returns void
language sql as 'select';

comment on function place_table(regclass) is
    'Called for each table when it is whole; spreads it over the servers of a Citus cluster, if there is one.';
