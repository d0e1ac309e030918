package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Memories of a file are remembered, whatever else stands in it. */
class ImportTest {
  private static final String ADD = "POST /v1/memories";
  private static final String HEAD =
      "{\"format\":\"tavern-mem0-export\",\"version\":1,\"exported_at\":\"…\",\"user\":null}";
  private static final String END = "{\"type\":\"end\",\"batches\":1,\"memories\":3,\"cut\":[]}";
  private static final String BATCH = "{\"type\":\"batch\",\"id\":\"b1\"}";
  private static final String OF_A_CHAT = memory("A dog", "Mara", "[]");
  private static final String BY_HAND = memory("A cat", "Mara", "[\"added\"]");

  @TempDir private Path home;
  private ServiceStub services;
  private Operator operator;
  private Path file;

  @BeforeEach
  void start() throws IOException {
    services = new ServiceStub();
    operator = new Operator(home).at(services);
    file = home.resolve("export.jsonl");
    answer(true);
  }

  @AfterEach
  void stop() {
    services.close();
  }

  private static String memory(String text, String agent, String kept) {
    return "{\"type\":\"memory\",\"id\":\"m\",\"text\":\""
        + text
        + "\",\"agent_id\":\""
        + agent
        + "\",\"kept\":"
        + kept
        + ",\"source\":{\"sent_at\":\"2025-12-28T09:00:00Z\"},\"user\":\"alex\"}";
  }

  private void answer(boolean stored) {
    services.answer(ADD, "{\"memory\":{},\"stored\":" + stored + ",\"trace_id\":\"t\"}");
  }

  private void write(String... lines) throws IOException {
    Files.write(file, List.of(lines));
  }

  private Operator.Result imports(String... options) {
    String[] command = new String[options.length + 3];
    command[0] = "import";
    command[1] = "--in";
    command[2] = file.toString();
    System.arraycopy(options, 0, command, 3, options.length);
    return operator.runs(command);
  }

  private List<String> bodies() {
    return services.requests().stream().map(ServiceStub.Request::body).toList();
  }

  private static String asked(String text, String owner) {
    return "{\"user_id\":\"alex\",\"text\":\""
        + text
        + "\","
        + owner
        + ",\"said_at\":\"2025-12-28T09:00:00Z\"}";
  }

  @Test
  void what_users_wrote_changed_and_pinned_is_imported_and_what_comes_from_chats_is_not()
      throws IOException {
    write(
        HEAD,
        BATCH,
        BY_HAND,
        OF_A_CHAT,
        memory("A fish", "group:17", "[\"edited\",\"pinned\"]"),
        END);

    Operator.Result result = imports("--yes").exits(0);

    assertThat(result.out())
        .contains("2 memories to import; not 1 that come from chats", "1 batches", "2 imported");
    assertThat(bodies())
        .containsExactly(
            asked("A cat", "\"agent_id\":\"Mara\""), asked("A fish", "\"group_id\":\"17\""));
  }

  @Test
  void all_of_them_are_imported_if_that_is_asked_for_and_those_that_are_there_are_counted()
      throws IOException {
    write(HEAD, BY_HAND, OF_A_CHAT, END);
    answer(false);

    JsonNode json = imports("--all", "-y", "--output=json").exits(0).json();

    assertThat(json.path("memories").asInt()).isEqualTo(2);
    assertThat(json.path("stored").asInt()).isZero();
    assertThat(json.path("there").asInt()).isEqualTo(2);
  }

  @Test
  void a_dry_run_counts_and_asks_nobody() throws IOException {
    write(HEAD, BY_HAND, OF_A_CHAT, END);

    assertThat(imports("--dry-run").exits(0).out())
        .contains("1 memories to import", "Nothing was imported");
    JsonNode json = imports("--dry-run", "--all", "--output=json").exits(0).json();
    assertThat(json.path("memories").asInt()).isEqualTo(2);
    assertThat(json.path("dry_run").asBoolean()).isTrue();
    assertThat(services.asked()).isEmpty();
  }

  @Test
  void nothing_is_imported_unless_it_is_confirmed() throws IOException {
    write(HEAD, BY_HAND, END);

    assertThat(operator.answers("n").runs("import", "--in", file.toString()).exits(1).err())
        .contains("Have 1 memories remembered");
    assertThat(services.asked()).isEmpty();
    assertThat(operator.answers("y").runs("import", "--in", file.toString()).exits(0).out())
        .contains("1 imported");
  }

  @Test
  void a_broken_line_is_told_with_its_number_and_spoils_no_other() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<byte[]> lines =
        List.of(
            utf8("{\"format\":\"tavern-mem0-"),
            utf8(""),
            utf8("{\"type\":\"memory\",\"text\":"),
            new byte[] {'{', '"', 'a', '"', ':', '"', (byte) 0xC3, '(', '"', '}'},
            utf8("[1]"),
            utf8("x".repeat(ExportedLines.MOST_BYTES + 1)),
            utf8(memory(" ", "Mara", "[\"added\"]")),
            utf8(memory("A bird", "", "[\"added\"]")),
            utf8(memory("A bird", "Mara", "[\"added\"]").replace(",\"user\":\"alex\"", "")),
            utf8(BY_HAND + "\r"),
            utf8(END));
    for (byte[] line : lines) {
      bytes.write(line);
      bytes.write('\n');
    }
    Files.write(file, bytes.toByteArray());

    Operator.Result result = imports("--yes").exits(1);

    assertThat(result.out())
        .contains(
            "line 1 is left out: it is no JSON object",
            "line 3 is left out: it is no JSON object",
            "line 4 is left out: it is no JSON object",
            "line 5 is left out: it is no JSON object",
            "line 6 is left out: it is longer than",
            "line 7 is left out: it has no text",
            "line 8 is left out: it names no character",
            "line 9 is left out: it does not say whose memory",
            "1 imported")
        .doesNotContain("line 2", "line 10", "bird");
    assertThat(bodies()).containsExactly(asked("A cat", "\"agent_id\":\"Mara\""));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whose_they_are_is_said_by_the_line_then_by_the_file_then_by_the_option() throws IOException {
    String nobodys = BY_HAND.replace(",\"user\":\"alex\"", "");
    write(HEAD.replace("null", "\"kim\""), BY_HAND, nobodys, END);
    imports("--yes", "--user=lee").exits(0);
    write(HEAD, nobodys, END);
    imports("--yes", "--user=lee").exits(0);

    assertThat(bodies())
        .extracting(body -> body.substring(12, 16))
        .containsExactly("alex", "kim\"", "lee\"");
  }

  @Test
  void lines_of_a_kind_that_is_not_known_are_counted_and_a_file_that_is_cut_off_is_told()
      throws IOException {
    write(HEAD, "{\"type\":\"note\"}", "{\"type\":\"note\"}", BY_HAND);

    assertThat(imports("--yes").exits(1).out())
        .contains("2 lines of a kind", "'note'", "cut off", "1 imported");
    write(HEAD, "{\"type\":\"note\"}", BY_HAND, END);
    imports("--yes").exits(0);
  }

  @Test
  void a_file_that_lacks_its_first_line_or_was_exported_in_part_is_imported_and_told()
      throws IOException {
    write(BY_HAND, END);
    assertThat(imports("--yes").exits(1).out()).contains("first line", "1 imported");

    write(HEAD, BY_HAND, END.replace("[]", "[\"alex\"]"));
    assertThat(imports("--yes").exits(1).out())
        .contains("Of alex the file has only the latest memories", "1 imported");
  }

  @Test
  void a_file_of_another_version_or_of_something_else_is_refused_as_a_whole() throws IOException {
    write(HEAD.replace("\"version\":1", "\"version\":2"), BY_HAND, END);
    assertThat(imports("--yes").exits(1).err()).contains("version 1", "tavern-mem0 export");
    write("{\"format\":\"something-else\"}", BY_HAND);
    JsonNode error = imports("--yes", "--output=json").exits(1).error();
    assertThat(error.path("error").asString()).isEqualTo("not-read");
    Files.delete(file);
    assertThat(imports("--yes").exits(1).err()).contains("cannot be read");
    assertThat(services.asked()).isEmpty();
  }

  @Test
  void a_memory_that_is_refused_is_told_with_its_line_and_the_others_go_on() throws IOException {
    services.refuse(ADD, 422, "invalid-field", "Unprocessable", "text cannot be that.");
    write(HEAD, BY_HAND, memory("A fish", "Mara", "[\"pinned\"]"), END);

    Operator.Result result = imports("--yes").exits(1);

    assertThat(result.out())
        .contains("line 2 is left out: text cannot be that.", "line 3 is left out", "2 refused");
    assertThat(services.asked()).hasSize(2);
  }

  @Test
  void what_would_fail_for_all_ends_it_and_says_how_to_go_on() throws IOException {
    services.refuse(ADD, 503, "curation-unavailable", "Unavailable", "Nothing was done.");
    write(HEAD, BY_HAND, BY_HAND, END);

    assertThat(imports("--yes").exits(1).out())
        .contains("stopped at line 2", "Nothing was done.", "the same command goes on");
    assertThat(services.asked()).hasSize(1);
    services.close();
    assertThat(imports("--yes").exits(3).out()).contains("stopped at line 2", "not reachable");
    assertThat(operator.set("LANGUAGE", "zh").runs("import", "--in", file.toString(), "-y"))
        .satisfies(result -> assertThat(result.exits(3).out()).contains("停在第 2 行"));
  }
}
