'{"opensea_username":' || to_json(u.opensea_username)::text
|| ',"twitter_username":' || to_json(u.twitter_username)::text
|| ',"user_id":' || to_json(u.user_id::text)::text
|| ',"nick_name":' || to_json(u.nick_name)::text
|| ',"created_at":' || u.created_at
|| ',"eth_wallet_address":' || to_json(u.eth_wallet_address)::text
|| ',"facebook_username":' || to_json(u.facebook_username)::text
|| ',"instagram_avatar":' || to_json(u.instagram_avatar)::text
|| ',"ens_name":' || to_json(u.ens_name)::text
|| ',"status":' || to_json(u.status)::text
|| ',"discord_username":' || to_json(u.discord_username)::text
|| ',"instagram_username":' || to_json(u.instagram_username)::text
|| ',"facebook_avatar":' || to_json(u.facebook_avatar)::text
|| CASE u.twitter_avatar WHEN '' THEN '' ELSE ',"twitter_avatar":' || to_json(u.twitter_avatar)::text END
|| CASE u.opensea_avatar WHEN '' THEN '' ELSE ',"opensea_avatar":' || to_json(u.opensea_avatar)::text END
|| CASE u.discord_avatar WHEN '' THEN '' ELSE ',"discord_avatar":' || to_json(u.discord_avatar)::text END
|| '}'
