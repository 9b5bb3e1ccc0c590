-- How far policies have answered. Not made from the log, as rows of views are: it says what was done
-- because of it. Whoever empties schema `views` must find it untouched, or everything would be done
-- once more, by what the rows say by then.

-- The service's own events.
create table log.policy_checkpoint (
    policy          text        primary key,
    position        bigint      not null
);

-- What others published; columns as in views.fact_checkpoint.
create table log.fact_checkpoint (
    subscriber      text        not null,
    source          text        not null,
    version         integer     not null,
    log_id          uuid,
    position        bigint      not null,
    ordinal         integer     not null,
    complete        boolean     not null,
    chain_hash      text,
    stream_made_at  bigint,
    stream_sequence bigint,
    primary key (subscriber, source)
);
