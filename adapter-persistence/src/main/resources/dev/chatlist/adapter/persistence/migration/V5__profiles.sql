-- What a chat shows of a user in one piece, made once when the user is written instead of for each of some 360 members
-- a page: putting 16 columns together is what a page that isn't in memory cost most. Costs the table's size once more;
-- and this migration writes the table anew, while whoever asks for a page waits.

-- A text behind its length in bytes and a colon, so that it may hold anything and is found without a search.
CREATE FUNCTION netstring(text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN octet_length($1)::text || ':' || $1;

-- In the order in which dev.chatlist.adapter.persistence.JooqChatDirectory reads them.
ALTER TABLE users ADD COLUMN profile text NOT NULL GENERATED ALWAYS AS (
    netstring(user_id)
    || netstring(nick_name)
    || netstring(status)
    || netstring(eth_wallet_address)
    || netstring(ens_name)
    || netstring(opensea_username)
    || netstring(opensea_avatar)
    || netstring(twitter_username)
    || netstring(twitter_avatar)
    || netstring(discord_username)
    || netstring(discord_avatar)
    || netstring(facebook_username)
    || netstring(facebook_avatar)
    || netstring(instagram_username)
    || netstring(instagram_avatar)
    || netstring(created_at::text)
) STORED;

COMMENT ON COLUMN users.profile IS 'All other columns as netstrings. Generated: nobody''s to write.';
