/**
 * The settings: their names, defaults and meanings ({@link dev.chatlist.bootstrap.settings.Setting}), where they are
 * given ({@link dev.chatlist.bootstrap.settings.GivenSettings}), and how they are read and checked. Everything that is
 * wrong is reported at once, and no message repeats what may be a secret. To add a setting, declare it in
 * {@code Setting}, read it in {@link dev.chatlist.bootstrap.settings.SettingsReader} and give it a place in
 * {@link dev.chatlist.bootstrap.settings.Settings}.
 */
@NullMarked
package dev.chatlist.bootstrap.settings;

import org.jspecify.annotations.NullMarked;
