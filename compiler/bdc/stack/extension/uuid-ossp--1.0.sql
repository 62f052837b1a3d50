create function uuid_nil() returns uuid language sql immutable parallel safe as $$select '00000000-0000-0000-0000-000000000000'::uuid$$;
create function uuid_ns_dns() returns uuid language sql immutable parallel safe as $$select '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid$$;
create function uuid_ns_url() returns uuid language sql immutable parallel safe as $$select '6ba7b811-9dad-11d1-80b4-00c04fd430c8'::uuid$$;
create function uuid_ns_oid() returns uuid language sql immutable parallel safe as $$select '6ba7b812-9dad-11d1-80b4-00c04fd430c8'::uuid$$;
create function uuid_ns_x500() returns uuid language sql immutable parallel safe as $$select '6ba7b814-9dad-11d1-80b4-00c04fd430c8'::uuid$$;
create function uuid_generate_v1() returns uuid language sql volatile parallel safe as $$select gen_random_uuid()$$;
create function uuid_generate_v1mc() returns uuid language sql volatile parallel safe as $$select gen_random_uuid()$$;
create function uuid_generate_v4() returns uuid language sql volatile parallel safe as $$select gen_random_uuid()$$;
create function stand_in_uuid_sha1(message bytea) returns bytea language plpgsql immutable strict parallel safe as $$
  declare
    bits bytea := message || '\x80'::bytea;
    h bigint[] := array[1732584193, 4023233417, 2562383102, 271733878, 3285377520]::bigint[];
    w bigint[]; a bigint; b bigint; c bigint; d bigint; e bigint; f bigint; k bigint; t bigint;
    all_ones constant bigint := 4294967295;
  begin
    while length(bits) % 64 <> 56 loop bits := bits || '\x00'::bytea; end loop;
    bits := bits || int8send(length(message)::bigint * 8);
    for block in 0 .. length(bits) / 64 - 1 loop
      for i in 0 .. 79 loop
        if i < 16 then
          w[i] := ('x' || encode(substr(bits, block * 64 + i * 4 + 1, 4), 'hex'))::bit(32)::bigint;
        else
          t := w[i - 3] # w[i - 8] # w[i - 14] # w[i - 16];
          w[i] := ((t << 1) | (t >> 31)) & all_ones;
        end if;
      end loop;
      a := h[1]; b := h[2]; c := h[3]; d := h[4]; e := h[5];
      for i in 0 .. 79 loop
        case i / 20
          when 0 then f := (b & c) | ((all_ones # b) & d); k := 1518500249;
          when 1 then f := b # c # d; k := 1859775393;
          when 2 then f := (b & c) | (b & d) | (c & d); k := 2400959708;
          else f := b # c # d; k := 3395469782;
        end case;
        t := ((((a << 5) | (a >> 27)) & all_ones) + f + e + k + w[i]) & all_ones;
        e := d; d := c; c := ((b << 30) | (b >> 2)) & all_ones; b := a; a := t;
      end loop;
      h := array[(h[1] + a) & all_ones, (h[2] + b) & all_ones, (h[3] + c) & all_ones, (h[4] + d) & all_ones, (h[5] + e) & all_ones];
    end loop;
    return substr(int8send(h[1]), 5) || substr(int8send(h[2]), 5) || substr(int8send(h[3]), 5) || substr(int8send(h[4]), 5)
      || substr(int8send(h[5]), 5);
  end
$$;
create function stand_in_uuid(hash bytea, version integer) returns uuid language sql immutable strict parallel safe
  as $$select encode(set_byte(set_byte(substr(hash, 1, 16), 6, (get_byte(hash, 6) & 15) | (version << 4)), 8, (get_byte(hash, 8) & 63) | 128), 'hex')::uuid$$;
create function uuid_generate_v3(namespace uuid, name text) returns uuid language sql immutable parallel safe
  as $$select @extschema@.stand_in_uuid(decode(md5(uuid_send(namespace) || convert_to(name, 'UTF8')), 'hex'), 3)$$;
create function uuid_generate_v5(namespace uuid, name text) returns uuid language sql immutable parallel safe
  as $$select @extschema@.stand_in_uuid(@extschema@.stand_in_uuid_sha1(uuid_send(namespace) || convert_to(name, 'UTF8')), 5)$$;
