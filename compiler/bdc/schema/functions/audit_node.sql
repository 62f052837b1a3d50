select sha256('\x01'::bytea || l || r)
