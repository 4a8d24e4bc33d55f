package dev.chatlist.bootstrap;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.ListMyChats;
import dev.chatlist.domain.Chat;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The core on the module path; examples/modular tries the jars, those of the adapters too. */
class ModulesTest {
    @Test
    void theDomainIsAModuleThatNeedsJSpecifyToCompileOnly() {
        ModuleDescriptor domain = descriptor(Chat.class);
        assertEquals("dev.chatlist.domain", domain.name());
        assertEquals(Set.of("dev.chatlist.domain"), exports(domain));
        assertEquals(Set.of("MANDATED java.base", "TRANSITIVE STATIC org.jspecify"), requires(domain));
    }

    @Test
    void theApplicationIsAModuleThatBringsTheDomain() {
        ModuleDescriptor application = descriptor(ListMyChats.class);
        assertEquals("dev.chatlist.application", application.name());
        assertEquals(Set.of("dev.chatlist.application", "dev.chatlist.application.sync"), exports(application));
        assertEquals(
                Set.of("MANDATED java.base", "TRANSITIVE STATIC org.jspecify", "TRANSITIVE dev.chatlist.domain"),
                requires(application));
    }

    @Test
    void theCoreRunsOnTheModulePathWithoutJSpecify() throws ReflectiveOperationException {
        ModuleLayer boot = ModuleLayer.boot();
        Configuration core = boot.configuration()
                .resolve(
                        ModuleFinder.of(codeOf(Chat.class), codeOf(ListMyChats.class)),
                        ModuleFinder.of(),
                        Set.of("dev.chatlist.application"));
        ClassLoader loader = boot.defineModulesWithOneLoader(core, ClassLoader.getPlatformClassLoader())
                .findLoader("dev.chatlist.application");

        Class<?> modular = loader.loadClass(ListMyChats.class.getName());
        assertTrue(modular.getModule().isNamed());
        assertEquals(
                "dev.chatlist.domain",
                loader.loadClass(Chat.class.getName()).getModule().getName());
        assertTrue(loader.loadClass("dev.chatlist.domain.UserId")
                .getConstructor(String.class)
                .newInstance("ada")
                .toString()
                .contains("ada"));
    }

    private static ModuleDescriptor descriptor(Class<?> type) {
        return ModuleFinder.of(codeOf(type)).findAll().stream()
                .findFirst()
                .orElseThrow(() -> new AssertionError("no module has " + type))
                .descriptor();
    }

    private static Set<String> exports(ModuleDescriptor module) {
        return module.exports().stream().map(Exports::source).collect(toSet());
    }

    private static Set<String> requires(ModuleDescriptor module) {
        return module.requires().stream()
                .map(requires -> Stream.concat(
                                requires.modifiers().stream().sorted().map(Modifier::name), Stream.of(requires.name()))
                        .collect(joining(" ")))
                .collect(toSet());
    }

    private static Path codeOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
