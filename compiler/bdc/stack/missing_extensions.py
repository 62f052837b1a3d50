"""What a script uses and does not make: the extension that provides it, told by the words of PostgreSQL.

Schemas of hosted services and of tests stand on extensions that their servers have from the beginning.
"""

import re

_TYPES = {
    "citext": "citext",
    "vector": "vector|halfvec|sparsevec",
    "hstore": "hstore",
    "ltree": "ltree|lquery|ltxtquery",
    "cube": "cube",
    "isn": "isbn|isbn13|issn|ean13|upc",
    "postgis": "geometry|geography|box2d|box3d",
}
_FUNCTIONS = {
    "pgcrypto": "gen_random_bytes|gen_salt|crypt|digest|hmac|encrypt|decrypt|pgp_\\w+|armor|dearmor",
    "uuid-ossp": "uuid_generate_v\\w+|uuid_nil|uuid_ns_\\w+",
    "pg_trgm": "similarity|word_similarity|strict_word_similarity|show_trgm",
    "unaccent": "unaccent",
    "fuzzystrmatch": "levenshtein|soundex|metaphone|dmetaphone|difference|daitch_mokotoff",
    "tablefunc": "crosstab|connectby|normal_rand",
    "earthdistance": "ll_to_earth|earth_distance|earth_box",
}
_CLASSES = {
    "vector": "\\w*(?:vector|halfvec|sparsevec|bit)_\\w+_ops",
    "pg_trgm": "gi\\w+_trgm_ops",
    "intarray": "gi\\w+__int\\w*_ops",
    "hstore": "gi\\w+_hstore_ops",
    "ltree": "gist_ltree_ops",
}
_GIST = re.compile(r'no default operator class for access method "(gist|gin)"')
_SAID = (
    (re.compile(r'type "(?:(\w+)\.)?([\w ]+?)(?:\[\])?" does not exist'), _TYPES),
    (re.compile(r"function (?:(\w+)\.)?(\w+)\(.*\) does not exist", re.DOTALL), _FUNCTIONS),
    (re.compile(r'operator class "(?:(\w+)\.)?(\w+)" does not exist'), _CLASSES),
)
_NO_SCHEMA = re.compile(r'schema "([^"]+)" does not exist')
_EXTENSION = re.compile(r"\s*create\s+extension\b", re.IGNORECASE)
_USUAL = "extensions"  # where hosted services put theirs


def extension_for(said: str) -> tuple[str, str | None] | None:
    """Return the extension that has what PostgreSQL says is not there, and the schema in which it is looked for; None where none is
    known."""
    found = _GIST.search(said)
    if found is not None:
        return f"btree_{found[1]}", None
    for pattern, known in _SAID:
        name = pattern.search(said)
        for extension, names in known.items() if name is not None else ():
            if name is not None and re.fullmatch(names, name[2]):
                return extension, name[1]
    return None


def schema_for(statement: str, said: str) -> str | None:
    """Return the schema of extensions that a statement names, and that is not there; None for other schemas."""
    found = _NO_SCHEMA.search(said)
    of_extensions = found is not None and (found[1] == _USUAL or _EXTENSION.match(statement))
    return found[1] if found is not None and of_extensions else None
