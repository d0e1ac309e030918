package dev.tavernmem0.watcher;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.tavernmem0.watcher",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule the_core_is_plain_java =
      noClasses()
          .that()
          .resideInAnyPackage(
              "..watcher.chatfile..",
              "..watcher.diff..",
              "..watcher.files..",
              "..watcher.rescue..",
              "..watcher.state..",
              "..watcher.track..",
              "..watcher.verify..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..", "org.apache.kafka..", "io.debezium..");

  @ArchTest
  static final ArchRule the_format_of_chat_files_knows_nothing_of_turns =
      noClasses()
          .that()
          .resideInAPackage("..watcher.chatfile..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..watcher.diff..", "..watcher.files..", "..watcher.state..", "..watcher.track..");

  @ArchTest
  static final ArchRule the_connector_runs_without_spring_and_debezium =
      noClasses()
          .that()
          .resideInAPackage("..watcher.connect..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..", "io.debezium..", "..watcher.host..");
}
