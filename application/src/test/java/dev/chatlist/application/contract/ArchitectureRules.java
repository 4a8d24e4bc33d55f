package dev.chatlist.application.contract;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The rules that Chatlist's own architecture keeps, for the packages of any program. A test checks a rule against the
 * program's classes: {@code rule.check(new ClassFileImporter().importPackages("com.example.chat"))}. The build adds
 * ArchUnit to the test class path.
 *
 * <p>Packages are written as in ArchUnit: {@code com.example.chat.core..} is the package and those below it. A rule
 * about a package without classes fails, so that one with a mistyped name doesn't pass.
 */
public final class ArchitectureRules {
    private static final String[] CHATLIST = {"dev.chatlist.domain..", "dev.chatlist.application.."};

    private ArchitectureRules() {}

    /**
     * The core of a program depends on Chatlist's domain and application, {@code java.lang}, {@code java.util} and
     * JSpecify's annotations, and on no framework or storage.
     *
     * @param others what else it may depend on, for example {@code java.time..}
     */
    public static ArchRule coreDependsOnlyOnChatlist(String core, String... others) {
        return dependsOnlyOn(core, all(CHATLIST, others))
                .because("use cases outlive the libraries that serve and store them");
    }

    /**
     * A port, which is any interface in these packages, names no type of a framework: not in its methods and their
     * exceptions, type arguments, annotations or supertypes.
     *
     * @param others what ports may name besides each other, the classes in their packages, and what {@link
     *     #coreDependsOnlyOnChatlist} allows
     */
    public static ArchRule portsNameNoFramework(String ports, String... others) {
        return classes()
                .that()
                .resideInAPackage(ports)
                .and()
                .areInterfaces()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed(ports, all(CHATLIST, others)))
                .because("implementing or calling a port must not require a library");
    }

    /** No adapter depends on another. Each has packages of its own. */
    public static ArchRule adaptersDontKnowEachOther(String... adapters) {
        List<ArchRule> rules = Stream.of(adapters)
                .<ArchRule>map(adapter -> noClasses()
                        .that()
                        .resideInAPackage(adapter)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(Stream.of(adapters)
                                .filter(other -> !other.equals(adapter))
                                .toArray(String[]::new)))
                .toList();
        return CompositeArchRule.of(rules).because("each adapter can be replaced without touching the others");
    }

    /** No two packages depend on each other, directly or by others. */
    public static ArchRule noPackageCycles(String packages, String... exempt) {
        return slices().assignedFrom(new Slices(packages, exempt, JavaClass::getPackageName))
                .should()
                .beFreeOfCycles()
                .because("packages that need each other can't be understood one at a time");
    }

    /** No two classes depend on each other, directly or by others. A nested class is part of the one around it. */
    public static ArchRule noClassCycles(String packages, String... exempt) {
        return slices().assignedFrom(new Slices(packages, exempt, ArchitectureRules::topLevelName))
                .should()
                .beFreeOfCycles()
                .because("classes that need each other can't be understood one at a time");
    }

    /** A layer depends on itself, {@code java.lang}, {@code java.util}, JSpecify's annotations and {@code others}. */
    public static ArchRule dependsOnlyOn(String layer, String... others) {
        return classes()
                .that()
                .resideInAPackage(layer)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed(layer, others));
    }

    /** Nothing outside the layer depends on these libraries. A mistyped library isn't noticed. */
    public static ArchRule usedOnlyIn(String layer, String... libraries) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(layer)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries);
    }

    private static String[] allowed(String layer, String... others) {
        return all(new String[] {layer, "java.lang..", "java.util..", "org.jspecify.annotations.."}, others);
    }

    private static String[] all(String[] some, String... others) {
        return Stream.of(some, others).flatMap(Arrays::stream).toArray(String[]::new);
    }

    private static String topLevelName(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureRules::topLevelName).orElseGet(type::getName);
    }

    /** Classes with the same name belong to the same slice. */
    private static final class Slices implements SliceAssignment {
        private final DescribedPredicate<JavaClass> members;
        private final Function<JavaClass, String> name;

        Slices(String packages, String[] exempt, Function<JavaClass, String> name) {
            members = resideInAPackage(packages).and(DescribedPredicate.not(resideInAnyPackage(exempt)));
            this.name = name;
        }

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return members.test(type) ? SliceIdentifier.of(name.apply(type)) : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "classes that " + members.getDescription();
        }
    }
}
