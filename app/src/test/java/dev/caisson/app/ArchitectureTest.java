package dev.caisson.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.foreign.Linker;

/** The rooms of docs/architecture.md and the ways between them. */
@AnalyzeClasses(packages = "dev.caisson", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] TESTING = {"dev.caisson..testing.."};

    @ArchTest
    static final ArchRule ARROWS_GO_ONLY_AS_LISTED = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("dev.caisson..")
            .layer("base").definedBy("dev.caisson.base..")
            .layer("linux").definedBy("dev.caisson.linux..")
            .layer("guest").definedBy("dev.caisson.guest..")
            .layer("engine").definedBy("dev.caisson.engine..")
            .layer("network").definedBy("dev.caisson.network..")
            .layer("image").definedBy("dev.caisson.image..")
            .layer("node").definedBy("dev.caisson.node..")
            .layer("host").definedBy("dev.caisson.host..")
            .layer("http").definedBy("dev.caisson.http..")
            .layer("envd").definedBy("dev.caisson.envd..")
            .layer("control").definedBy("dev.caisson.control..")
            .layer("front").definedBy("dev.caisson.front..")
            .layer("app").definedBy("dev.caisson.app..")
            .whereLayer("base").mayNotAccessAnyLayer()
            .whereLayer("linux").mayOnlyAccessLayers("base")
            .whereLayer("guest").mayOnlyAccessLayers("base")
            .whereLayer("engine").mayOnlyAccessLayers("base", "linux")
            .whereLayer("network").mayOnlyAccessLayers("base", "linux")
            .whereLayer("image").mayOnlyAccessLayers("base", "linux")
            .whereLayer("node").mayOnlyAccessLayers("base", "guest")
            .whereLayer("host").mayOnlyAccessLayers("base", "linux", "guest", "engine", "network", "image", "node")
            .whereLayer("http").mayOnlyAccessLayers("base")
            .whereLayer("envd").mayOnlyAccessLayers("base", "http", "node", "guest")
            .whereLayer("control").mayOnlyAccessLayers("base", "node")
            .whereLayer("front").mayOnlyAccessLayers("base", "http", "node", "control", "envd", "guest")
            .whereLayer("app").mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule NO_CYCLES = slices().matching("dev.caisson.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ENGINES_STAY_IN_THEIR_PACKAGES = noClasses()
            .that(resideOutsideOfPackages("dev.caisson.engine.gvisor..", "dev.caisson.app..", "dev.caisson.bench.."))
            .should().dependOnClassesThat(resideInAPackage("dev.caisson.engine.gvisor.."));

    @ArchTest
    static final ArchRule CHILD_PROCESSES_ONLY_IN_LINUX = noClasses()
            .that(resideOutsideOfPackages("dev.caisson.linux.."))
            .should().dependOnClassesThat().belongToAnyOf(ProcessBuilder.class, Runtime.Version.class, Linker.class);

    @ArchTest
    static final ArchRule SQL_ONLY_IN_THE_STORE = noClasses()
            .that(resideOutsideOfPackages("dev.caisson.control.store.."))
            .should().dependOnClassesThat(resideInAnyPackage("java.sql..", "org.jdbi..", "com.zaxxer..", "org.sqlite.."));

    @ArchTest
    static final ArchRule JETTY_ONLY_IN_ITS_PACKAGE = noClasses()
            .that(resideOutsideOfPackages("dev.caisson.front.jetty.."))
            .should().dependOnClassesThat(resideInAPackage("org.eclipse.jetty.."));

    @ArchTest
    static final ArchRule FAKES_ARE_FOR_TESTS = noClasses()
            .that(resideOutsideOfPackages(TESTING))
            .should().dependOnClassesThat(resideInAnyPackage(TESTING));

    @ArchTest
    static final ArchRule NO_STATIC_MUTABLE_STATE = fields().that().areStatic().should().beFinal();
}
