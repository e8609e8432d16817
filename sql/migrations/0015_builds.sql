-- Of which build the tables are that a checkpoint is about: a process of another release leaves them alone.

alter table checkpoints add column build text;
comment on column checkpoints.build is 'Version and checksum of the read model''s tables; null: not a read model, or from before this was kept.';
