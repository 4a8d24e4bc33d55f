package dev.chatlist.bootstrap;

import static java.util.Objects.requireNonNullElse;

import dev.chatlist.adapter.http.auth.TokenIssuer;
import dev.chatlist.bootstrap.process.CommandFailure;
import dev.chatlist.bootstrap.process.HostLocale;
import dev.chatlist.bootstrap.process.StopSignal;
import dev.chatlist.bootstrap.settings.GivenSettings;
import dev.chatlist.bootstrap.settings.Setting;
import dev.chatlist.bootstrap.settings.SettingKind.DurationRange;
import dev.chatlist.bootstrap.settings.Settings;
import dev.chatlist.bootstrap.settings.SettingsReader;
import dev.chatlist.bootstrap.settings.SettingsReader.Purpose;
import dev.chatlist.bootstrap.settings.UnknownNames;
import dev.chatlist.domain.UserId;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The commands and their exit codes: 0 for success, 1 for a failure, 2 for wrong usage. */
@Command(
        name = "chatlist",
        description = "Which chats am I in, newest first, and what do they look like?",
        mixinStandardHelpOptions = true,
        versionProvider = Commands.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = "%nSettings come from flags, else the environment, else a file: see the help of a command.")
final class Commands implements Runnable {
    /** From the jar's manifest. */
    private static final String VERSION = "chatlist "
            + requireNonNullElse(Commands.class.getPackage().getImplementationVersion(), "(not from a jar)");

    private static final Map<Setting, String> DEMO_DEFAULTS =
            Map.of(Setting.DATA_DIR, Settings.DEMO_DIRECTORY, Setting.CORS_ORIGIN, "*", Setting.API_DOCS, "on");

    private final Map<String, String> environment;
    private final InputStream stdin;
    private final StopSignal stop;

    @Spec
    CommandSpec spec = CommandSpec.create();

    Commands(Map<String, String> environment, InputStream stdin, StopSignal stop) {
        this.environment = environment;
        this.stdin = stdin;
        this.stop = stop;
    }

    /** Runs when no command is given. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(description = "Serve the API until SIGTERM or Ctrl-C.", mixinStandardHelpOptions = true)
    int serve() {
        Settings settings = settings(Purpose.SERVICE);
        settings.requireFreeAddresses();
        try (ChatListApplication application = open(ChatListApplication::open, settings, 0)) {
            application.start(VERSION, WebPages.apiDocs(settings));
            announce(application);
            stop.await();
            application.drain();
        }
        return 0;
    }

    @Command(
            description = "Serve an invented world of chats, made on the first start, and say how to look at it.",
            mixinStandardHelpOptions = true)
    int demo() {
        Settings settings = settings(Purpose.DEMO);
        settings.requireFreeAddresses();
        Demo demo = new Demo(settings);
        try (ChatListApplication application = open(ChatListApplication::open, settings, 0)) {
            demo.seed(application);
            application.start(VERSION, demo.pages(application));
            demo.introduce(application, out());
            announce(application);
            stop.await();
            application.drain();
        }
        return 0;
    }

    /**
     * Opens the application unless a stop is requested meanwhile. Ends the command when the embedded server ends: a
     * supervisor restarts only processes that have ended.
     *
     * @param exitCodeIfStopped 0 for a service, whose work is then done
     */
    private ChatListApplication open(
            Function<Settings, ChatListApplication> opening, Settings settings, int exitCodeIfStopped) {
        stop.allowMore(settings.drainTime());
        try {
            ChatListApplication application = stop.interrupting(() -> opening.apply(settings));
            application.onLoss(stop::fail);
            return application;
        } catch (RuntimeException e) {
            if (stop.reason().isEmpty()) {
                throw e;
            }
            LoggerFactory.getLogger(Commands.class).debug("interrupted", e);
            throw CommandFailure.stopped(exitCodeIfStopped);
        }
    }

    private void announce(ChatListApplication application) {
        out().println("Chatlist answers on " + application.url());
        CommandEnd.requireWritten(out());
    }

    @Command(
            name = "import",
            description = "Apply files of chat events, each whole or not at all; also while the service runs.",
            mixinStandardHelpOptions = true)
    int importFiles(
            @Parameters(
                            paramLabel = "FILE",
                            arity = "1..*",
                            description = "NDJSON, plain or gzip; - is standard input.")
                    List<String> files) {
        Settings settings = settings(Purpose.BULK);
        EventImport.requireReadable(files);
        EventProgress progress =
                new EventProgress(out(), spec.commandLine().getErr(), Boolean.getBoolean("chatlist.terminal"));
        try (ChatListApplication application = open(ChatListApplication::open, settings, 1)) {
            stop.onRequest(application::disconnect);
            say("importing into " + settings.databaseName());
            new EventImport(application.events(), settings, stdin, progress, stop::reason).run(files);
        }
        return 0;
    }

    @Command(
            description = "Write everything to a file of chat events, also while the service runs; import restores it.",
            mixinStandardHelpOptions = true)
    int export(
            @Parameters(
                            paramLabel = "FILE",
                            arity = "0..1",
                            defaultValue = EventExport.STDOUT,
                            description = "NDJSON, a gzip if its name ends in .gz; - is standard output (the default).")
                    String file) {
        Settings settings = settings(Purpose.BULK);
        EventExport.requirePossible(file, settings);
        PrintWriter err = spec.commandLine().getErr();
        EventProgress progress = new EventProgress(err, err, Boolean.getBoolean("chatlist.terminal"));
        try (ChatListApplication application = open(ChatListApplication::openUnchanged, settings, 1)) {
            stop.onRequest(application::disconnect);
            say("exporting from " + settings.databaseName());
            EventExport export = new EventExport(application.archive(), settings, out(), progress, stop::reason);
            // The interrupt ends a write to a pipe that nobody reads.
            stop.interrupting(() -> export.run(file));
        }
        return 0;
    }

    @Command(description = "Print a token that speaks for a user.", mixinStandardHelpOptions = true)
    int token(
            @Parameters(paramLabel = "USER", description = "The user's id.") String user,
            @Option(
                            names = "--ttl",
                            paramLabel = "DURATION",
                            defaultValue = "7d",
                            description = "How long it is good: 90s, 15m, 12h, 7d (the default).")
                    String ttl) {
        Settings settings = settings(Purpose.OTHER);
        try {
            Duration validity = DurationRange.parseAny(ttl);
            UserId userId = new UserId(user);
            TokenIssuer issuer = settings.tokenIssuer();
            out().println(issuer.issue(userId, validity, Instant.now()));
            say("signed with " + settings.secretName());
            return 0;
        } catch (IllegalArgumentException e) {
            throw CommandFailure.badUsage(List.of(CommandFailure.reason(e)));
        }
    }

    @Command(
            description = "Print the settings in force and where they come from, as a file for --config.",
            mixinStandardHelpOptions = true)
    int config() {
        out().print(Logs.holding(() -> {
            GivenSettings given = given();
            settings(Purpose.OTHER, given);
            return given.print();
        }));
        return 0;
    }

    private Settings settings(Purpose purpose) {
        return Logs.holding(() -> settings(purpose, given()));
    }

    private static Settings settings(Purpose purpose, GivenSettings given) {
        Settings settings = SettingsReader.read(purpose, given);
        Logs.configure(settings.logging());
        return settings;
    }

    private GivenSettings given() {
        ParseResult commandLine = spec.commandLine().getParseResult().subcommand();
        HostLocale.requireReadable(commandLine.originalArgs(), environment, Setting.PREFIX);
        UnknownNames.warnings(environment).forEach(this::say);
        return GivenSettings.of(
                commandLine, environment, defaultsOf(commandLine.commandSpec().name()));
    }

    /** Returns the settings that have another default for this command. */
    static Map<Setting, String> defaultsOf(String command) {
        return command.equals("demo") ? DEMO_DEFAULTS : Map.of();
    }

    private void say(String line) {
        CommandEnd.say(spec.commandLine(), line);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {VERSION};
        }
    }
}
