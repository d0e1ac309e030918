package dev.tavernmem0.embedded;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.tavernmem0.embedded", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String MEMORY = "dev.tavernmem0.embedded.memory";

  @ArchTest
  static final ArchRule STORING_AND_SEARCHING_IS_PLAIN_JAVA =
      noClasses()
          .that()
          .resideInAnyPackage(
              MEMORY + ".store", MEMORY + ".filter", MEMORY + ".search", MEMORY + ".embedding")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..", "org.apache.kafka..", "jakarta.servlet..");

  @ArchTest
  static final ArchRule THE_BROKER_NEEDS_NO_SPRING =
      noClasses()
          .that()
          .resideInAPackage("dev.tavernmem0.embedded.kafka")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..", MEMORY + "..");

  @ArchTest
  static final ArchRule FILTERS_AND_SCORES_KNOW_NO_INDEX =
      noClasses()
          .that()
          .resideInAnyPackage(MEMORY + ".filter", MEMORY + ".search")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.lucene..", MEMORY + ".store");
}
