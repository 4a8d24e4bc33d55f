package dev.chatlist.application.contract;

import static org.junit.jupiter.api.Assertions.assertThrows;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the rules find is tested by {@code ArchitectureTest} of the bootstrap module. */
class ArchitectureRulesTest {
    private static final String HERE = "dev.chatlist.application.contract..";
    private static final String NOWHERE = "dev.chatlist.aplication.contract..";
    private static final JavaClasses CLASSES =
            new ClassFileImporter().importPackages(ArchitectureRulesTest.class.getPackageName());

    static Stream<ArchRule> rulesForAMistypedPackage() {
        return Stream.of(
                ArchitectureRules.coreDependsOnlyOnChatlist(NOWHERE),
                ArchitectureRules.portsNameNoFramework(NOWHERE),
                ArchitectureRules.adaptersDontKnowEachOther(HERE, NOWHERE),
                ArchitectureRules.noPackageCycles(NOWHERE),
                ArchitectureRules.noClassCycles(NOWHERE),
                ArchitectureRules.dependsOnlyOn(NOWHERE),
                ArchitectureRules.usedOnlyIn(NOWHERE, "com.tngtech.archunit.."));
    }

    @ParameterizedTest
    @MethodSource("rulesForAMistypedPackage")
    void aRuleForAMistypedPackageDoesNotPass(ArchRule rule) {
        assertThrows(AssertionError.class, () -> rule.check(CLASSES));
    }
}
