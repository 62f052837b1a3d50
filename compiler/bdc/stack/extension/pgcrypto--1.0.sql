create function stand_in_sha1(message bytea) returns bytea language plpgsql immutable strict parallel safe as $$
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
create function digest(bytea, text) returns bytea language plpgsql immutable strict parallel safe as $$
  begin
    case lower($2)
      when 'md5' then return decode(md5($1), 'hex');
      when 'sha1' then return @extschema@.stand_in_sha1($1);
      when 'sha224' then return sha224($1);
      when 'sha256' then return sha256($1);
      when 'sha384' then return sha384($1);
      when 'sha512' then return sha512($1);
      else raise invalid_parameter_value using message = 'Cannot use "' || $2 || '": No such hash algorithm';
    end case;
  end
$$;
create function digest(text, text) returns bytea language sql immutable strict parallel safe
  as $$select @extschema@.digest(convert_to($1, 'UTF8'), $2)$$;
create function hmac(bytea, bytea, text) returns bytea language plpgsql immutable strict parallel safe as $$
  declare
    size int := case when lower($3) in ('sha384', 'sha512') then 128 else 64 end;
    key bytea := case when length($2) > size then @extschema@.digest($2, $3) else $2 end;
    inner_key bytea; outer_key bytea;
  begin
    key := key || decode(repeat('00', size - length(key)), 'hex');
    inner_key := key; outer_key := key;
    for i in 0 .. size - 1 loop
      inner_key := set_byte(inner_key, i, get_byte(key, i) # 54);
      outer_key := set_byte(outer_key, i, get_byte(key, i) # 92);
    end loop;
    return @extschema@.digest(outer_key || @extschema@.digest(inner_key || $1, $3), $3);
  end
$$;
create function hmac(text, text, text) returns bytea language sql immutable strict parallel safe
  as $$select @extschema@.hmac(convert_to($1, 'UTF8'), convert_to($2, 'UTF8'), $3)$$;
create function gen_random_bytes(integer) returns bytea language plpgsql volatile strict parallel safe as $$
  declare found bytea := '';
  begin
    if $1 < 1 or $1 > 1024 then raise invalid_parameter_value using message = 'Length not in range'; end if;
    while length(found) < $1 loop
      found := found || sha256(uuid_send(pg_catalog.gen_random_uuid()) || uuid_send(pg_catalog.gen_random_uuid()));
    end loop;
    return substr(found, 1, $1);
  end
$$;
create function gen_salt(text) returns text language sql volatile strict parallel safe
  as $$select '$stand-in$' || encode(@extschema@.gen_random_bytes(8), 'hex') || '$'$$;
create function gen_salt(text, integer) returns text language sql volatile strict parallel safe as $$select @extschema@.gen_salt($1)$$;
create function crypt(text, text) returns text language plpgsql immutable strict parallel safe as $$
  begin
    if $2 not like '$stand-in$%$%' then
      raise feature_not_supported using message = 'the embedded server has no pgcrypto: it reads no hash that another server made';
    end if;
    return '$stand-in$' || split_part($2, '$', 3) || '$' || encode(sha512(convert_to(split_part($2, '$', 3) || $1, 'UTF8')), 'hex');
  end
$$;
create function gen_random_uuid() returns uuid language sql volatile parallel safe as $$select pg_catalog.gen_random_uuid()$$;
