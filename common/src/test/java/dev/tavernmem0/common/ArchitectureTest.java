package dev.tavernmem0.common;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.tavernmem0.common",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule the_contract_knows_no_framework =
      noClasses()
          .that()
          .resideInAnyPackage(
              "..common.curation..", "..common.event..", "..common.identity..", "..common.ledger..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..", "org.apache.kafka..", "org.apache.hc..");

  @ArchTest
  static final ArchRule only_the_mem0_client_and_what_clients_share_speak_http =
      noClasses()
          .that()
          .resideOutsideOfPackages("..common.mem0..", "..common.http..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..", "org.apache.hc..");
}
