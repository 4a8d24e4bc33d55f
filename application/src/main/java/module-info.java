/** The use cases, and the ports to storage. */
module dev.chatlist.application {
    requires transitive dev.chatlist.domain;
    requires static transitive org.jspecify;

    exports dev.chatlist.application;
    exports dev.chatlist.application.sync;
}
