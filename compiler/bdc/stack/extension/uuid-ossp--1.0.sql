create function uuid_nil() returns uuid language sql immutable parallel safe as $$select '00000000-0000-0000-0000-000000000000'::uuid$$;
create function uuid_generate_v1() returns uuid language sql volatile parallel safe as $$select gen_random_uuid()$$;
create function uuid_generate_v1mc() returns uuid language sql volatile parallel safe as $$select gen_random_uuid()$$;
create function uuid_generate_v4() returns uuid language sql volatile parallel safe as $$select gen_random_uuid()$$;
create function uuid_generate_v3(namespace uuid, name text) returns uuid language sql immutable parallel safe as $$select md5(namespace || name)::uuid$$;
create function uuid_generate_v5(namespace uuid, name text) returns uuid language sql immutable parallel safe as $$select md5(namespace || name)::uuid$$;
