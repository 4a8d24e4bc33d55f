package com.example.messenger;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.chatlist.application.contract.ArchitectureRules;

/** A test of a program's architecture. README.md shows the lines between the markers. */
public final class Rules {
    private Rules() {}

    public static void check() {
        // README
        JavaClasses program = new ClassFileImporter().importPackages("com.example.chat");
        ArchitectureRules.coreDependsOnlyOnChatlist("com.example.chat.core..").check(program);
        ArchitectureRules.portsNameNoFramework("com.example.chat.core..").check(program);
        ArchitectureRules.adaptersDontKnowEachOther("com.example.chat.sqlite..", "com.example.chat.web..")
                .check(program);
        ArchitectureRules.noPackageCycles("com.example.chat..").check(program);
        // README
    }
}
