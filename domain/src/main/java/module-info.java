/** Users, rooms, messages, chats and chat events, as values that are always valid. */
module dev.chatlist.domain {
    // Annotations: compilers of modules that use this one read them, nobody needs them at run time.
    requires static transitive org.jspecify;

    exports dev.chatlist.domain;
}
