select k.id, k.algorithm, k.public_key::text, k.private_key, extract(epoch from now() - k.at)::float8
from app.signing_key as k
order by k.at desc
