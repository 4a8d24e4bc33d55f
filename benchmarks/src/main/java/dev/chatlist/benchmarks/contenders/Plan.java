package dev.chatlist.benchmarks.contenders;

import dev.chatlist.benchmarks.process.Command;
import dev.chatlist.benchmarks.world.Scale;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The size and duration of a run.
 *
 * @param rounds number of turns of each contender; the turns interleave
 * @param warmUpSeconds load on each contender before its first turn
 * @param latencySeconds duration of the load at a fixed rate on Chatlist; other contenders get a tenth
 * @param heap of each contender's JVM, for example 1g
 */
public record Plan(
        Scale scale, long seed, int rounds, int roundSeconds, int warmUpSeconds, int latencySeconds, String heap) {
    /** The same for another world. */
    public Plan withScale(Scale other) {
        return new Plan(other, seed, rounds, roundSeconds, warmUpSeconds, latencySeconds, heap);
    }

    /**
     * The JVM flags of every contender. Heap size and collector are explicit, as their defaults depend on the machine.
     */
    public List<String> jvmFlags() {
        return List.of(
                "-Xms" + heap, "-Xmx" + heap, "-XX:+UseG1GC", "-XX:MaxTenuringThreshold=1", "-XX:MaxGCPauseMillis=30");
    }

    /** The command that runs a contender's JVM. */
    List<String> java(Path gcLog, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(Command.ofJdk("java")));
        command.addAll(jvmFlags());
        command.add("-Xlog:gc:file=%s:uptime".formatted(gcLog));
        command.addAll(arguments);
        return command;
    }
}
