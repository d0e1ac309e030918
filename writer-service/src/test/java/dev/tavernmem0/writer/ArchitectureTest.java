package dev.tavernmem0.writer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.tavernmem0.writer",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] CORE = {
    "..writer.clean..",
    "..writer.curation..",
    "..writer.log..",
    "..writer.replay..",
    "..writer.scope..",
    "..writer.sweep..",
    "..writer.tokens..",
    "..writer.verify.."
  };

  @ArchTest
  static final ArchRule the_core_is_plain_java =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.springframework..",
              "org.apache.kafka..",
              "org.apache.hc..",
              "java.net.http..",
              "jakarta.servlet..",
              "io.github.resilience4j..");

  @ArchTest
  static final ArchRule the_core_does_not_know_who_drives_it =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..writer.consume..", "..writer.kafka..", "..writer.mem0..", "..writer.api..");
}
