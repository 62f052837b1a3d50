create function similarity(text, text) returns real language plpgsql immutable strict parallel safe as $$begin raise feature_not_supported; end$$;
create function word_similarity(text, text) returns real language plpgsql immutable strict parallel safe as $$begin raise feature_not_supported; end$$;
create function show_trgm(text) returns text[] language plpgsql immutable strict parallel safe as $$begin raise feature_not_supported; end$$;
create function similarity_op(text, text) returns boolean language plpgsql stable strict parallel safe as $$begin raise feature_not_supported; end$$;
create operator % (leftarg = text, rightarg = text, procedure = similarity_op, commutator = %, restrict = matchingsel, join = matchingjoinsel);
create function gin_extract_value_trgm(text, internal) returns internal language internal immutable strict parallel safe as 'ginarrayextract';
create function gin_extract_query_trgm(text, internal, smallint, internal, internal, internal, internal) returns internal language internal immutable strict parallel safe as 'ginqueryarrayextract';
create function gin_trgm_consistent(internal, smallint, text, integer, internal, internal, internal, internal) returns boolean language internal immutable strict parallel safe as 'ginarrayconsistent';
create operator class gin_trgm_ops for type text using gin as
  operator 1 % (text, text), operator 3 ~~ (text, text), operator 4 ~~* (text, text), operator 5 ~ (text, text), operator 6 ~* (text, text),
  function 1 (text, text) btint4cmp (integer, integer),
  function 2 (text, text) gin_extract_value_trgm (text, internal),
  function 3 (text, text) gin_extract_query_trgm (text, internal, smallint, internal, internal, internal, internal),
  function 4 (text, text) gin_trgm_consistent (internal, smallint, text, integer, internal, internal, internal, internal),
  storage integer;
