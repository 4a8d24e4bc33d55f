package dev.chatlist.bootstrap;

import java.io.PrintWriter;
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

    static int misused(ParameterException e, String... arguments) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("chatlist: " + problem(e));
        if (command.getParent() == null) {
            command.usage(command.getErr());
        } else {
            command.getErr().println("chatlist: see chatlist %s --help".formatted(command.getCommandName()));
        }
        return 2;
    }

    /** Never shows what follows an unknown option: it may be a secret. */
    private static String problem(ParameterException e) {
        return e instanceof UnmatchedArgumentException unmatched
                ? "unknown argument: " + unmatched.getUnmatched().get(0).replaceAll("=.*", "=…")
                : String.valueOf(e.getMessage());
    }

    static int failed(Exception e, CommandLine command, ParseResult parsed) {
        LoggerFactory.getLogger(CommandEnd.class).debug("the command failed", e);
        boolean expected = e instanceof CommandFailure;
        String reason = expected ? String.valueOf(e.getMessage()) : CommandFailure.reason(e);
        reason.lines().forEach(line -> command.getErr().println("chatlist: " + line));
        return expected ? ((CommandFailure) e).exitCode() : 1;
    }
}
