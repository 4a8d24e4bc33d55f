package dev.chatlist.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.chatlist.bootstrap.settings.GivenSettings;
import dev.chatlist.bootstrap.settings.Setting;
import dev.chatlist.bootstrap.settings.Settings;
import dev.chatlist.bootstrap.settings.SettingsReader;
import dev.chatlist.bootstrap.settings.SettingsReader.Purpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The files that run Chatlist elsewhere agree with the program, and each with itself. */
class DeploymentTest {
    private static final String DOCKERFILE = "../Dockerfile";
    private static final String KUBERNETES = "../docs/kubernetes.yaml";
    private static final String SERVICE = "src/release/chatlist.service";
    private static final Duration LAST_REQUESTS = Duration.ofSeconds(20);

    private static final Map<String, JsonNode> OBJECTS = new HashMap<>();

    @TempDir
    Path secrets = Path.of("");

    @BeforeAll
    static void readKubernetes() throws IOException {
        ObjectMapper yaml = new ObjectMapper(YAMLFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build());
        try (var objects = yaml.readerFor(JsonNode.class)
                .<JsonNode>readValues(Path.of(KUBERNETES).toFile())) {
            objects.forEachRemaining(object -> OBJECTS.put(object.path("kind").asText(), object));
        }
        assertEquals(
                Set.of("Secret", "Deployment", "Service", "PodDisruptionBudget", "ServiceMonitor"), OBJECTS.keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {DOCKERFILE, KUBERNETES, SERVICE})
    void everyVariableAndFlagIsASetting(String file) throws IOException {
        String text = Files.readString(Path.of(file));
        Set<String> variables =
                Stream.of(Setting.values()).map(Setting::variable).collect(Collectors.toSet());
        List<String> used = found("\\bCHATLIST_[A-Z_]+", text);
        assertTrue(variables.containsAll(used) && !used.isEmpty(), () -> "used: " + used);

        Set<String> flags = Stream.of(Setting.values()).map(Setting::flag).collect(Collectors.toSet());
        for (String command : found("(?m)(ExecStart=|\\bCMD \\[\"|\\bargs:).*", text)) {
            assertTrue(flags.containsAll(found("--[a-z-]+", command)), command);
        }
    }

    @Test
    void thePodHasValidSettings() throws IOException {
        Settings settings = settingsOfPod();
        assertNotNull(settings.server());
        assertNotNull(settings.keys());
        assertEquals("0.0.0.0", settings.http().host());
        assertEquals(port("http"), settings.http().port());
        assertEquals(
                port("management"),
                Objects.requireNonNull(settings.management()).port());
    }

    /** The variables of the Dockerfile and of the pod, with the secret's files in a directory of the test. */
    private Settings settingsOfPod() throws IOException {
        Map<String, String> environment = new HashMap<>();
        for (String variable : found("\\bCHATLIST_[A-Z_]+=\\S+", Files.readString(Path.of(DOCKERFILE)))) {
            environment.put(
                    variable.substring(0, variable.indexOf('=')), variable.substring(variable.indexOf('=') + 1));
        }
        String directory = container().at("/volumeMounts/0/mountPath").asText();
        container()
                .path("env")
                .forEach(variable -> environment.put(
                        variable.path("name").asText(),
                        variable.path("value").asText().replace(directory, secrets.toString())));
        for (Map.Entry<String, JsonNode> secret :
                object("Secret").path("stringData").properties()) {
            Files.writeString(
                    secrets.resolve(secret.getKey()), secret.getValue().asText());
        }
        return SettingsReader.read(
                Purpose.SERVICE,
                GivenSettings.of(new CommandLine(Setting.mixin(Map.of())).parseArgs(), environment, Map.of()));
    }

    @Test
    void aPodHasTimeToDrainAndASystemdServiceToo() throws IOException {
        Duration needed = settingsOfPod().drainTime().plus(LAST_REQUESTS);
        int grace = pod().path("terminationGracePeriodSeconds").asInt();
        assertTrue(grace > needed.toSeconds(), () -> "the pod is killed after " + grace + " s, it needs " + needed);
        int probes = container().at("/readinessProbe/periodSeconds").asInt();
        assertTrue(settingsOfPod().drainTime().toSeconds() > probes, "it ends before a probe has failed");
        List<String> stop = found("(?<=\nTimeoutStopSec=)[0-9]+", Files.readString(Path.of(SERVICE)));
        assertTrue(Integer.parseInt(stop.get(0)) > LAST_REQUESTS.toSeconds(), "the service is killed too early");
    }

    @Test
    void portsAndLabelsLeadToThePod() {
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertTrue(port(container().at("/" + probe + "/httpGet/port").asText()) > 0, probe);
        }
        object("Service")
                .at("/spec/ports")
                .forEach(port -> assertTrue(port(port.path("targetPort").asText()) > 0));
        Set<String> served = Set.copyOf(object("Service").at("/spec/ports").findValuesAsText("name"));
        assertTrue(served.containsAll(
                object("ServiceMonitor").at("/spec/endpoints").findValuesAsText("port")));

        JsonNode labels = object("Deployment").at("/spec/template/metadata/labels");
        assertEquals(labels, object("Service").at("/spec/selector"));
        assertEquals(labels, object("Service").at("/metadata/labels"), "those that the ServiceMonitor selects");
        for (String kind : List.of("Deployment", "PodDisruptionBudget", "ServiceMonitor")) {
            assertEquals(labels, object(kind).at("/spec/selector/matchLabels"), kind);
        }
        assertEquals(
                object("Secret").at("/metadata/name"), pod().at("/volumes/0/secret/secretName"), "the mounted secret");
    }

    private static JsonNode object(String kind) {
        return Objects.requireNonNull(OBJECTS.get(kind));
    }

    private static JsonNode pod() {
        return object("Deployment").at("/spec/template/spec");
    }

    private static JsonNode container() {
        return pod().at("/containers/0");
    }

    private static int port(String name) {
        for (JsonNode port : container().path("ports")) {
            if (port.path("name").asText().equals(name)) {
                return port.path("containerPort").asInt();
            }
        }
        return -1;
    }

    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .toList();
    }
}
