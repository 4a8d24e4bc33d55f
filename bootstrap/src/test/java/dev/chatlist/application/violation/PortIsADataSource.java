package dev.chatlist.application.violation;

import javax.sql.DataSource;

public interface PortIsADataSource extends DataSource {}
