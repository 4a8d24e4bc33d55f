/** A program on the module path. Chatlist's core are modules; its adapters are automatic modules with lasting names. */
module com.example.modular {
    requires dev.chatlist.adapter.persistence;
    // Brings dev.chatlist.domain.
    requires transitive dev.chatlist.application;

    exports com.example.modular;
}
