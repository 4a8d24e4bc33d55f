package dev.chatlist.adapter.persistence.sql;

import dev.chatlist.domain.User;
import java.util.List;

/** A room's creator and members, read when the room was at a version. */
public record KnownMembers(long version, User creator, List<User> members) {}
