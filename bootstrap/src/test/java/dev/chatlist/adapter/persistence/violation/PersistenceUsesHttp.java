package dev.chatlist.adapter.persistence.violation;

public class PersistenceUsesHttp {
    dev.chatlist.adapter.http.HttpSettings settings;
}
