create function digest(text, text) returns bytea language plpgsql immutable strict parallel safe as $$begin raise feature_not_supported; end$$;
create function digest(bytea, text) returns bytea language plpgsql immutable strict parallel safe as $$begin raise feature_not_supported; end$$;
create function hmac(text, text, text) returns bytea language plpgsql immutable strict parallel safe as $$begin raise feature_not_supported; end$$;
create function hmac(bytea, bytea, text) returns bytea language plpgsql immutable strict parallel safe as $$begin raise feature_not_supported; end$$;
create function crypt(text, text) returns text language plpgsql immutable strict parallel safe as $$begin raise feature_not_supported; end$$;
create function gen_salt(text) returns text language plpgsql volatile strict parallel safe as $$begin raise feature_not_supported; end$$;
create function gen_salt(text, integer) returns text language plpgsql volatile strict parallel safe as $$begin raise feature_not_supported; end$$;
create function gen_random_bytes(integer) returns bytea language plpgsql volatile strict parallel safe as $$begin raise feature_not_supported; end$$;
create function gen_random_uuid() returns uuid language sql volatile parallel safe as $$select pg_catalog.gen_random_uuid()$$;
