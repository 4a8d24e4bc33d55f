package dev.chatlist.bootstrap;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** What repositories expect of our poms. The bill of materials has no parent, so it repeats what the others inherit. */
class PublishedPomsTest {
    private static final Document ROOT = pom(".");
    private static final Document BOM = pom("bom");

    @ParameterizedTest
    @MethodSource("modules")
    void eachModuleSaysWhatItIs(String module) {
        assertFalse(text(pom(module), "/project/name").isBlank());
        assertFalse(text(pom(module), "/project/description").isBlank());
    }

    @ParameterizedTest
    @ValueSource(strings = {"groupId", "version", "url", "licenses", "developers", "scm"})
    void theBillOfMaterialsRepeatsTheRoot(String element) {
        String expected = text(ROOT, "/project/" + element);
        assertFalse(expected.isBlank());
        assertEquals(expected, text(BOM, "/project/" + element));
    }

    @Test
    void theBillOfMaterialsUsesThePluginsOfTheRoot() {
        Set<String> ours = plugins(BOM);
        assertFalse(ours.isEmpty());
        assertTrue(plugins(ROOT).containsAll(ours), () -> ours + " aren't all in the root's pom.xml");
    }

    @Test
    void theBillOfMaterialsListsWhatIsDeployed() {
        Set<String> deployed = modules()
                .filter(module -> text(pom(module), "/project/packaging").isEmpty())
                .filter(module -> text(pom(module), "/project/properties/maven.deploy.skip")
                        .isEmpty())
                .map(module -> text(pom(module), "/project/artifactId"))
                .collect(toSet());
        assertEquals(Set.copyOf(deployed), Set.copyOf(texts(BOM, "//dependency/artifactId")));
        assertEquals(List.of("test-jar"), texts(BOM, "//dependency/type"));
    }

    static Stream<String> modules() {
        return texts(ROOT, "/project/modules/module").stream();
    }

    private static Set<String> plugins(Document pom) {
        return Set.copyOf(texts(pom, "/project/build/pluginManagement/plugins/plugin"));
    }

    private static String text(Document pom, String path) {
        return String.join(" ", texts(pom, path));
    }

    /** The texts of the elements, with each white space as one blank. */
    private static List<String> texts(Document pom, String path) {
        try {
            XPath xpath = XPathFactory.newInstance().newXPath();
            NodeList nodes = (NodeList) xpath.evaluate(path, pom, XPathConstants.NODESET);
            return IntStream.range(0, nodes.getLength())
                    .mapToObj(i -> nodes.item(i).getTextContent().strip().replaceAll("\\s+", " "))
                    .toList();
        } catch (Exception e) {
            throw new AssertionError(path, e);
        }
    }

    private static Document pom(String module) {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(Path.of("..", module, "pom.xml").toFile());
        } catch (Exception e) {
            throw new AssertionError(module, e);
        }
    }
}
