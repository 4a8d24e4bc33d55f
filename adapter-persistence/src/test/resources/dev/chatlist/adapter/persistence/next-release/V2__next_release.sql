-- How a release adds a part to profiles: the column, and the generated column anew with the part at the end. PostgreSQL
-- writes the table once. Readers wait for it.
ALTER TABLE users
    ADD COLUMN new_in_next_release text NOT NULL DEFAULT '',
    DROP COLUMN profile,
    ADD COLUMN profile text NOT NULL GENERATED ALWAYS AS (netstring(
        netstring(user_id)
        || netstring(created_at::text)
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
        || netstring(new_in_next_release)
    )) STORED;
