insert into app.credential (user_key, hash) values ($1::{key_type}, $2)
