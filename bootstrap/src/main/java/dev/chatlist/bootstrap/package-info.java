/**
 * The program: {@link dev.chatlist.bootstrap.Main} has the commands, and
 * {@link dev.chatlist.bootstrap.ChatListApplication} puts the parts together. To add a setting, declare it in
 * {@link dev.chatlist.bootstrap.Setting}, read it in {@link dev.chatlist.bootstrap.SettingsReader} and use it from
 * {@link dev.chatlist.bootstrap.Settings}.
 *
 * <p>No other module depends on this one. Anything here may change except what {@code README.md} promises: the
 * commands, their settings and exit codes, and the format of event files.
 */
@NullMarked
package dev.chatlist.bootstrap;

import org.jspecify.annotations.NullMarked;
