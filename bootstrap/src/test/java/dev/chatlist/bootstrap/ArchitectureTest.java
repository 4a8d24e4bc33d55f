package dev.chatlist.bootstrap;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.TOP_LEVEL_CLASSES;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.beInterfaces;
import static com.tngtech.archunit.lang.conditions.ArchConditions.beRecords;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static dev.chatlist.application.contract.ArchitectureRules.adaptersDontKnowEachOther;
import static dev.chatlist.application.contract.ArchitectureRules.coreDependsOnlyOnChatlist;
import static dev.chatlist.application.contract.ArchitectureRules.dependsOnlyOn;
import static dev.chatlist.application.contract.ArchitectureRules.noClassCycles;
import static dev.chatlist.application.contract.ArchitectureRules.noPackageCycles;
import static dev.chatlist.application.contract.ArchitectureRules.portsNameNoFramework;
import static dev.chatlist.application.contract.ArchitectureRules.usedOnlyIn;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.chatlist.adapter.http.violation.HttpUsesHikari;
import dev.chatlist.adapter.http.violation.HttpUsesJose4jItself;
import dev.chatlist.adapter.http.violation.HttpUsesPersistence;
import dev.chatlist.adapter.http.violation.HttpUsesSql;
import dev.chatlist.adapter.persistence.violation.PersistenceUsesHttp;
import dev.chatlist.adapter.persistence.violation.PersistenceUsesJackson;
import dev.chatlist.adapter.persistence.violation.PersistenceUsesPicocli;
import dev.chatlist.adapter.persistence.violation.PersistenceUsesUndertow;
import dev.chatlist.application.violation.ApplicationUsesBootstrap;
import dev.chatlist.application.violation.ApplicationUsesJooq;
import dev.chatlist.application.violation.ApplicationUsesSlf4j;
import dev.chatlist.application.violation.ClassCycle;
import dev.chatlist.application.violation.ClassCyclePartner;
import dev.chatlist.application.violation.CyclicApplication;
import dev.chatlist.application.violation.PortIsADataSource;
import dev.chatlist.application.violation.PortSpeaksSql;
import dev.chatlist.application.violation.PortThrowsSql;
import dev.chatlist.bootstrap.violation.BypassesTheDoor;
import dev.chatlist.bootstrap.violation.WiringForOthers;
import dev.chatlist.domain.violation.CyclicDomain;
import dev.chatlist.domain.violation.DomainUsesApplication;
import dev.chatlist.domain.violation.MutableDomainObject;
import dev.chatlist.violation.NullMayBeAnywhere;
import dev.chatlist.violation.PrintsForItself;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The allowed dependencies. Each rule names classes in the tests' {@code violation} packages that break it, and must
 * find them. So a rule that matches no class fails here instead of passing silently.
 */
class ArchitectureTest {
    private static final String DOMAIN = "dev.chatlist.domain..";
    private static final String APPLICATION = "dev.chatlist.application..";
    private static final String HTTP = "dev.chatlist.adapter.http..";
    private static final String PERSISTENCE = "dev.chatlist.adapter.persistence..";
    private static final String BOOTSTRAP = "dev.chatlist.bootstrap..";
    private static final String ALL = "dev.chatlist..";
    private static final String GENERATED = "dev.chatlist..jooq..";

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(ArchitectureTest::isOfTheProduct)
            .importPackages("dev.chatlist");
    private static final JavaClasses VIOLATED = new ClassFileImporter()
            .withImportOption(location -> isOfTheProduct(location) || location.contains("/violation/"))
            .importPackages("dev.chatlist");

    // ArchUnit's rules are immutable, but not annotated as such.
    @SuppressWarnings("ImmutableEnumChecker")
    enum Rule {
        DOMAIN_KNOWS_NOTHING(
                dependsOnlyOn(DOMAIN).because("the domain must not depend on how chats are stored or served"),
                DomainUsesApplication.class),

        DOMAIN_IS_VALUES(
                classes()
                        .that()
                        .resideInAPackage(DOMAIN)
                        .and()
                        .arePublic()
                        .should(beRecords().or(beInterfaces()))
                        .because("an immutable value stays as valid as its constructor found it"),
                MutableDomainObject.class),

        APPLICATION_KNOWS_THE_DOMAIN(coreDependsOnlyOnChatlist(APPLICATION), ApplicationUsesSlf4j.class),

        PORTS_SPEAK_OF_THE_DOMAIN(
                portsNameNoFramework(APPLICATION), PortSpeaksSql.class, PortThrowsSql.class, PortIsADataSource.class),

        ADAPTERS_DONT_KNOW_EACH_OTHER(
                adaptersDontKnowEachOther(HTTP, PERSISTENCE), HttpUsesPersistence.class, PersistenceUsesHttp.class),

        HTTP_KNOWS_ITS_LIBRARIES(
                dependsOnlyOn(
                                HTTP,
                                APPLICATION,
                                DOMAIN,
                                "java.io..",
                                "java.lang..",
                                "java.math..",
                                "java.net..",
                                "java.nio..",
                                "java.security..",
                                "java.time..",
                                "java.util..",
                                "com.sun.management..",
                                "javax.crypto..",
                                "io.undertow..",
                                "org.xnio..",
                                "com.fasterxml.jackson..",
                                "com.github.benmanes.caffeine..",
                                "io.micrometer.core.instrument..",
                                "org.jose4j..",
                                "org.slf4j..")
                        .because("the API works with any storage"),
                HttpUsesHikari.class),

        PERSISTENCE_KNOWS_ITS_LIBRARIES(
                dependsOnlyOn(
                                PERSISTENCE,
                                APPLICATION,
                                DOMAIN,
                                "java..",
                                "com.sun.management..",
                                "javax.crypto..",
                                "javax.sql..",
                                "org.jooq..",
                                "org.flywaydb..",
                                "org.postgresql..",
                                "com.zaxxer.hikari..",
                                "com.github.benmanes.caffeine..",
                                "io.micrometer.core.instrument..",
                                "org.apache.commons.compress..",
                                "org.tukaani.xz..",
                                "org.slf4j..")
                        .because("embedding programs use this module without HTTP and tokens"),
                PersistenceUsesPicocli.class),

        JOSE4J_IS_IN_AUTH(
                usedOnlyIn("dev.chatlist.adapter.http.auth..", "org.jose4j..")
                        .because("one package decides which tokens are valid"),
                HttpUsesJose4jItself.class),

        JOOQ_IS_IN_PERSISTENCE(
                usedOnlyIn(PERSISTENCE, "org.jooq..").because("one module contains SQL"), ApplicationUsesJooq.class),

        UNDERTOW_IS_IN_HTTP(
                usedOnlyIn(HTTP, "io.undertow..", "org.xnio..").because("one module serves sockets"),
                PersistenceUsesUndertow.class),

        JACKSON_IS_AT_THE_EDGES(
                noClasses()
                        .that()
                        .resideOutsideOfPackage(HTTP)
                        .and()
                        .resideOutsideOfPackage("dev.chatlist.bootstrap.events")
                        .and()
                        .doNotHaveFullyQualifiedName("dev.chatlist.bootstrap.WebPages")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("com.fasterxml.jackson..")
                        .because("JSON is mapped by hand where it enters or leaves, never by reflection on the domain"),
                PersistenceUsesJackson.class),

        JDBC_IS_IN_PERSISTENCE(
                noClasses()
                        .that()
                        .resideOutsideOfPackages(PERSISTENCE, BOOTSTRAP)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("java.sql..", "javax.sql..")
                        .because("requests reach the database only through the ports"),
                HttpUsesSql.class),

        PERSISTENCE_HAS_A_DOOR(
                noClasses()
                        .that()
                        .resideOutsideOfPackage(PERSISTENCE)
                        .should()
                        .dependOnClassesThat(resideInAPackage(PERSISTENCE)
                                .and(not(resideInAnyPackage(
                                        "dev.chatlist.adapter.persistence",
                                        "dev.chatlist.adapter.persistence.embedded"))))
                        .because("public classes in the other packages are public for this module only"),
                BypassesTheDoor.class),

        BOOTSTRAP_IS_THE_TOP(
                noClasses()
                        .that()
                        .resideOutsideOfPackage(BOOTSTRAP)
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(BOOTSTRAP)
                        .because("the other modules must not depend on how they are wired"),
                ApplicationUsesBootstrap.class,
                WiringForOthers.class),

        NO_PACKAGE_CYCLES(noPackageCycles(ALL, GENERATED), CyclicDomain.class, CyclicApplication.class),

        NO_CLASS_CYCLES(noClassCycles(ALL, GENERATED), ClassCycle.class, ClassCyclePartner.class),

        ONLY_THE_COMMAND_LINE_PRINTS(
                noClasses()
                        .that()
                        .resideOutsideOfPackage(BOOTSTRAP)
                        .should(ACCESS_STANDARD_STREAMS)
                        .because("standard output belongs to the embedding program"),
                PrintsForItself.class),

        PACKAGES_ARE_NULL_MARKED(
                classes()
                        .that()
                        .resideOutsideOfPackage(GENERATED)
                        .should(beNullMarked())
                        .because("NullAway checks only packages that are @NullMarked"),
                NullMayBeAnywhere.class);

        final ArchRule rule;
        final List<Class<?>> violations;

        Rule(ArchRule rule, Class<?>... violations) {
            this.rule = rule;
            this.violations = List.of(violations);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theProductObeys(Rule rule) {
        rule.rule.check(PRODUCT);
    }

    @ParameterizedTest
    @EnumSource
    void theViolationsAreFoundBy(Rule rule) {
        List<String> report = rule.rule.evaluate(VIOLATED).getFailureReport().getDetails();
        for (Class<?> violation : rule.violations) {
            assertTrue(
                    report.stream().anyMatch(detail -> detail.contains(violation.getSimpleName())),
                    () -> "%s does not find %s".formatted(rule, violation));
        }
    }

    /** Fails when a rule is removed but its violation is left. */
    @Test
    void everyViolationProvesOneRule() {
        Set<String> written = VIOLATED.stream()
                .filter(resideInAPackage("..violation..").and(TOP_LEVEL_CLASSES))
                .map(JavaClass::getName)
                .collect(toSet());
        List<String> used = Arrays.stream(Rule.values())
                .flatMap(rule -> rule.violations.stream())
                .map(Class::getName)
                .toList();
        assertEquals(written, Set.copyOf(used));
        assertEquals(written.size(), used.size(), () -> "a violation proves several rules: " + used);
    }

    @ParameterizedTest
    @ValueSource(strings = {DOMAIN, APPLICATION, HTTP, PERSISTENCE, BOOTSTRAP})
    void eachLayerHasClasses(String layer) {
        assertTrue(PRODUCT.stream().filter(resideInAPackage(layer)).count() > 5);
    }

    private static ArchCondition<JavaClass> beNullMarked() {
        return new ArchCondition<>("be in a package that is @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(new SimpleConditionEvent(type, marked, type.getName() + " is in an unmarked package"));
            }
        };
    }

    private static boolean isOfTheProduct(Location location) {
        return !location.contains("/test-classes/") && !location.contains("-tests.jar");
    }
}
