package com.example.chat;

import static dev.chatlist.application.contract.ArchitectureRules.adaptersDontKnowEachOther;
import static dev.chatlist.application.contract.ArchitectureRules.coreDependsOnlyOnChatlist;
import static dev.chatlist.application.contract.ArchitectureRules.noPackageCycles;
import static dev.chatlist.application.contract.ArchitectureRules.portsNameNoFramework;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.example.chat.adapter.file.violation.FileUsesSqlite;
import com.example.chat.core.violation.CoreUsesHikari;
import com.example.chat.core.violation.CyclicCore;
import com.example.chat.core.violation.PortSpeaksJson;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The program keeps the rules. Each rule is proven by a class of the tests that breaks it. */
class ArchitectureTest {
    private static final String PROGRAM = "com.example.chat";
    private static final String CORE = "com.example.chat.core..";

    enum Rule {
        CORE_DEPENDS_ONLY_ON_CHATLIST(coreDependsOnlyOnChatlist(CORE), CoreUsesHikari.class),
        PORTS_NAME_NO_FRAMEWORK(portsNameNoFramework(CORE), PortSpeaksJson.class),
        ADAPTERS_DONT_KNOW_EACH_OTHER(
                adaptersDontKnowEachOther("com.example.chat.adapter.sqlite..", "com.example.chat.adapter.file.."),
                FileUsesSqlite.class),
        NO_PACKAGE_CYCLES(noPackageCycles("com.example.chat.."), CyclicCore.class);

        final ArchRule rule;
        final Class<?> violation;

        Rule(ArchRule rule, Class<?> violation) {
            this.rule = rule;
            this.violation = violation;
        }
    }

    @ParameterizedTest
    @EnumSource
    void theProgramKeeps(Rule rule) {
        JavaClasses program = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(PROGRAM);
        rule.rule.check(program);
    }

    @ParameterizedTest
    @EnumSource
    void itsViolationIsFoundBy(Rule rule) {
        JavaClasses withTests = new ClassFileImporter().importPackages(PROGRAM);
        String report = rule.rule.evaluate(withTests).getFailureReport().toString();
        assertTrue(report.contains(rule.violation.getName()), report);
    }
}
