-- RFC 9562, version 7, for servers that have no uuidv7() yet: 48 bits of milliseconds, the rest of a random uuid.
select encode(set_bit(set_bit(overlay(
  uuid_send(gen_random_uuid())
  placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
  from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
