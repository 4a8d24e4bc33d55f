package dev.chatlist.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How much is measured.
 *
 * @param rounds how often each contender has its turn, A B C A B C
 * @param warmUpSeconds how long each is under load before its first turn
 * @param latencySeconds how long Chatlist is asked at a fixed rate; the others a tenth of that
 * @param heap of each contender's JVM, such as 1g
 */
record Plan(Scale scale, long seed, int rounds, int roundSeconds, int warmUpSeconds, int latencySeconds, String heap) {
    /** The JVM's flags of every contender. A heap of fixed size, and the collector named, as the default depends. */
    List<String> jvmFlags() {
        return List.of(
                "-Xms" + heap, "-Xmx" + heap, "-XX:+UseG1GC", "-XX:MaxTenuringThreshold=1", "-XX:MaxGCPauseMillis=30");
    }

    List<String> java(Path gcLog, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(Command.ofJdk("java")));
        command.addAll(jvmFlags());
        command.add("-Xlog:gc:file=%s:uptime".formatted(gcLog));
        command.addAll(arguments);
        return command;
    }
}
