package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatlist.bootstrap.process.HostLocale;
import dev.chatlist.bootstrap.process.StopSignal;
import dev.chatlist.bootstrap.settings.Setting;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.logging.LogManager;
import picocli.CommandLine;

/** The process: from its arguments to its exit code. */
final class Main {
    private static final String SECRETS =
            "%nSecrets have no flag: set %s and %s, or db-password and jwt-secret in the file."
                    .formatted(Setting.DB_PASSWORD.variable(), Setting.JWT_SECRET.variable());

    private Main() {}

    public static void main(String... args) {
        HostLocale.neutralize();
        // Otherwise PostgreSQL's driver prints its exceptions through java.util.logging before throwing them.
        LogManager.getLogManager().reset();
        StopSignal stop = StopSignal.ofTheProcess();
        InputStream stdin = new FileInputStream(FileDescriptor.in);
        // Unlike a write to System.out, one to a channel is ended by an interrupt if nobody reads from the pipe.
        FileChannel stdout = new FileOutputStream(FileDescriptor.out).getChannel();
        int exitCode = commandLine(new Commands(System.getenv(), stdin, stop))
                .setOut(new PrintWriter(Channels.newOutputStream(stdout), true, UTF_8))
                .setErr(new PrintWriter(System.err, true, UTF_8))
                .execute(args);
        stop.exit(exitCode);
    }

    /** Lets picocli find the commands and their parameters, and adds all settings to each. */
    static CommandLine commandLine(Commands commands) {
        CommandLine commandLine = new CommandLine(commands);
        commandLine.getSubcommands().forEach((name, command) -> {
            command.getCommandSpec().addMixin("settings", Setting.mixin(Commands.defaultsOf(name)));
            command.getCommandSpec()
                    .usageMessage()
                    .abbreviateSynopsis(true)
                    .sortOptions(false)
                    .width(100);
            command.getCommandSpec().usageMessage().footer(SECRETS);
        });
        return commandLine
                // An argument is never the name of a file with more arguments, as @alice would be.
                .setExpandAtFiles(false)
                .setExecutionStrategy(CommandEnd::run)
                .setParameterExceptionHandler(CommandEnd::misused)
                .setExecutionExceptionHandler(CommandEnd::failed);
    }
}
