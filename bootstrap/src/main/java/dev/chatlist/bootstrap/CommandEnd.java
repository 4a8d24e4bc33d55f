package dev.chatlist.bootstrap;

import dev.chatlist.bootstrap.process.CommandFailure;
import dev.chatlist.bootstrap.process.ControlCharacters;
import dev.chatlist.bootstrap.settings.Setting;
import java.io.PrintWriter;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** How a command ends: its exit code, and what it says on standard error if it fails. */
final class CommandEnd {
    private CommandEnd() {}

    static int run(ParseResult parsed) {
        CommandLine command = parsed.commandSpec().commandLine();
        int exitCode = new RunLast().execute(parsed);
        try {
            requireWritten(command.getOut());
            return exitCode;
        } catch (CommandFailure e) {
            return exitCode == 0 ? failed(e, command, parsed) : exitCode;
        }
    }

    /**
     * A stream doesn't throw where it can't write: the disk is full, or the reader has gone.
     *
     * @throws CommandFailure if something wasn't written
     */
    static void requireWritten(PrintWriter out) {
        if (out.checkError()) {
            throw CommandFailure.because("standard output can't be written to");
        }
    }

    /** Prints a line of the program's own on standard error. */
    static void say(CommandLine command, String line) {
        command.getErr().println("chatlist: " + ControlCharacters.escaped(line));
    }

    static int misused(ParameterException e, String... arguments) {
        CommandLine command = e.getCommandLine();
        say(command, problem(e));
        if (command.getParent() == null) {
            command.usage(command.getErr());
        } else {
            say(command, "see chatlist %s --help".formatted(command.getCommandName()));
        }
        return 2;
    }

    /** Never shows a value: it may be a secret, of several lines. */
    private static String problem(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return String.valueOf(e.getMessage());
        }
        String first = unmatched.getUnmatched().get(0);
        if (!first.startsWith("-")) {
            return e.getCommandLine().getParent() == null
                    ? "there is no command " + first
                    : "there are more arguments than the command takes";
        }
        String flag = first.split("=", 2)[0];
        return Stream.of(Setting.values())
                .filter(setting -> setting.isSecret() && setting.flag().equals(flag))
                .findFirst()
                .map(secret -> "%s is no flag, because every user of a machine can read flags; set %s"
                        .formatted(flag, secret.variable()))
                .orElse("there is no flag " + flag);
    }

    static int failed(Exception e, CommandLine command, ParseResult parsed) {
        LoggerFactory.getLogger(CommandEnd.class).debug("the command failed", e);
        boolean expected = e instanceof CommandFailure;
        String reason = expected ? String.valueOf(e.getMessage()) : CommandFailure.reason(e);
        reason.lines().forEach(line -> say(command, line));
        return expected ? ((CommandFailure) e).exitCode() : 1;
    }
}
