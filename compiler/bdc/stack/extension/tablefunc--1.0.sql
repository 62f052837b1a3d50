create function crosstab(text) returns setof record language plpgsql stable strict as $$begin raise feature_not_supported; end$$;
create function crosstab(text, integer) returns setof record language plpgsql stable strict as $$begin raise feature_not_supported; end$$;
create function crosstab(text, text) returns setof record language plpgsql stable strict as $$begin raise feature_not_supported; end$$;
create function normal_rand(integer, double precision, double precision) returns setof double precision language plpgsql volatile strict as $$begin raise feature_not_supported; end$$;
