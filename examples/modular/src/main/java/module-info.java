/** A program on the module path. Chatlist's core are modules; its adapters are automatic modules with lasting names. */
module com.example.modular {
    requires dev.chatlist.adapter.persistence;
    // For the adapter: an automatic module can't say what it requires.
    requires java.sql;
    // Brings dev.chatlist.domain.
    requires transitive dev.chatlist.application;

    exports com.example.modular;
}
