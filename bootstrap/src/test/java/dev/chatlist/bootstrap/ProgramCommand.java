package dev.chatlist.bootstrap;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The command line that runs the program in a process of its own, from the test's class path. */
final class ProgramCommand {
    /** Makes the process log as the product does, and not as tests do. */
    static final String PRODUCT_LOGGING = "-Dlogback.configurationFile=logback.xml";

    private ProgramCommand() {}

    static List<String> of(List<String> jvmFlags, List<String> arguments) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> program = List.of("-cp", System.getProperty("java.class.path"), Main.class.getName());
        return Stream.of(List.of(java), jvmFlags, program, arguments)
                .flatMap(List::stream)
                .toList();
    }
}
