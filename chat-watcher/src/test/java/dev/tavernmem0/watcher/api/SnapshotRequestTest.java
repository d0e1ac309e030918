package dev.tavernmem0.watcher.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.watcher.track.SnapshotSelection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnapshotRequestTest {
  private static SnapshotSelection read(String body) throws IOException {
    return SnapshotRequest.read(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void an_empty_object_is_everything() throws Exception {
    assertThat(read("{}")).isEqualTo(SnapshotSelection.ALL);
  }

  @Test
  void every_field_narrows_it() throws Exception {
    assertThat(
            read(
                """
                {"handles":["eve"],"characters":["Mara"],"groups":["17"],"chats":["eve:1","x"],
                 "from":"2025-12-28T09:00:00Z","to":"2025-12-29T09:00:00+02:00"}
                """))
        .isEqualTo(
            new SnapshotSelection(
                List.of("eve"),
                List.of("Mara"),
                List.of("17"),
                List.of("eve:1", "x"),
                Instant.parse("2025-12-28T09:00:00Z"),
                Instant.parse("2025-12-29T07:00:00Z")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                  | 400 | body       | {} for a snapshot of everything",
        "null                                | 400 | body       | {} for a snapshot of everything",
        "[]                                  | 400 | body       | JSON object",
        "{} {}                               | 400 | body       | JSON object",
        "{\"handles\":                       | 400 | body       | JSON object",
        "{\"handles\":\"eve\"}               | 400 | handles    | list of texts",
        "{\"from\":{}}                       | 400 | from       | 2025-12-28T09:00:00Z",
        "{\"handle\":[\"eve\"]}              | 422 | handle     | there are handles, characters",
        "{\"characters\":[\"\"]}             | 422 | characters | leave out",
        "{\"chats\":[null]}                  | 422 | chats      | leave out",
        "{\"from\":\"yesterday\"}            | 422 | from       | 2025-12-28T09:00:00Z",
        "{\"to\":\"2025-12-28\"}             | 422 | to         | 2025-12-28T09:00:00Z",
        "{\"from\":\"2025-12-28T09:00:00Z\",\"to\":\"2025-12-28T09:00:00Z\"} | 422 | to | after from",
      })
  void what_is_not_understood_is_refused_by_field_with_a_fix(
      String body, int status, String field, String fix) {
    RefusedException refused = catchThrowableOfType(RefusedException.class, () -> read(body));

    assertThat(refused.problem().status().value()).isEqualTo(status);
    assertThat(refused.problem().field()).isEqualTo(field);
    assertThat(refused.problem().fix()).contains(fix);
  }

  @Test
  void one_that_names_more_than_is_stored_is_refused() {
    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class, () -> read("{\"chats\":[\"" + "x".repeat(50_001) + "\"]}"));

    assertThat(refused.problem().status().value()).isEqualTo(422);
    assertThat(refused.problem().fix()).contains("by handle or character");
  }
}
