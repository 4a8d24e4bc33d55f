package dev.chatlist.bootstrap;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

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
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** What users and repositories expect of our poms. */
class PublishedPomsTest {
    @ParameterizedTest
    @MethodSource("modules")
    void eachModuleSaysWhatItIs(String module) {
        assertFalse(text(pom(module), "/project/name").isBlank());
        assertFalse(text(pom(module), "/project/description").isBlank());
    }

    @Test
    void theBillOfMaterialsListsWhatIsDeployed() {
        Set<String> deployed = modules()
                .filter(module -> text(pom(module), "/project/packaging").isEmpty())
                .filter(module -> text(pom(module), "/project/properties/maven.deploy.skip")
                        .isEmpty())
                .map(module -> text(pom(module), "/project/artifactId"))
                .collect(toSet());
        assertEquals(deployed, Set.copyOf(texts(pom("bom"), "//dependency/artifactId")));
        assertEquals(List.of("test-jar"), texts(pom("bom"), "//dependency/type"));
    }

    static Stream<String> modules() {
        return texts(pom("."), "/project/modules/module").stream();
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
