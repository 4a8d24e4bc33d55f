package dev.chatlist.application.violation;

public class ApplicationUsesSlf4j {
    org.slf4j.Logger logger;
}
