package dev.tavernmem0.retriever;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.tavernmem0.retriever",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule theCoreIsPlainJava =
      noClasses()
          .that()
          .resideInAnyPackage(
              "..retriever.text",
              "..retriever.marker",
              "..retriever.query",
              "..retriever.select",
              "..retriever.prompt")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.springframework..",
              "org.apache.kafka..",
              "org.apache.hc..",
              "jakarta..",
              "io.micrometer..",
              "io.github.resilience4j..",
              "com.github.benmanes..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.tavernmem0.retriever.(*)..").should().beFreeOfCycles();
}
