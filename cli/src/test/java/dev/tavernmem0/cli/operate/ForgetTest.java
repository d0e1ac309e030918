package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code tavern-mem0 forget} asks for, and what it says of the answer. */
class ForgetTest {
  private static final String DONE =
      """
      {"id":"f1","state":"completed","created_at":"2026-11-28T09:00:00Z","chats":1,"turns":12,
       "memories":7,"records":14,"not_erasable":0,"error":null}""";

  @TempDir private Path home;
  private ServiceStub services;
  private Operator operator;

  @BeforeEach
  void start() throws IOException {
    services = new ServiceStub();
    operator = new Operator(home).at(services);
    services.answer("GET /v1/chats", List.of(ServiceAnswers.chat()));
    services.answer("POST /v1/forgets", 202, "application/json", DONE);
    services.answer("GET /v1/forgets/f1", DONE);
  }

  @AfterEach
  void stop() {
    services.close();
  }

  private List<String> bodies() {
    return services.requests().stream()
        .map(ServiceStub.Request::body)
        .filter(body -> !body.isEmpty())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--copies",
        "--dry-run",
        "--yes",
        "--memory=m --chat=Mara",
        "--memory=m --copies",
        "--memory=m --dry-run"
      })
  void what_is_not_clear_is_refused_before_anything_is_asked(String options) {
    String[] command = ("forget " + options).strip().split(" ");

    assertThat(operator.runs(command).exits(2).err()).contains("--chat", "--memory");
    assertThat(services.asked()).isEmpty();
  }

  @Test
  void it_is_counted_first_and_asked_for() {
    Operator.Result refused = operator.answers("n").runs("forget", "--chat=Mara").exits(1);

    assertThat(refused.err())
        .contains("Forget 12 turns of 1 chats, and 7 memories", "cannot be undone")
        .contains("not confirmed");
    assertThat(bodies()).singleElement().asString().contains("\"dry_run\":true");
  }

  @Test
  void a_dry_run_tells_what_would_go_and_what_is_out_of_reach() {
    assertThat(operator.runs("forget", "--character=林晚", "--dry-run").exits(0).out())
        .contains("12 turns of 1 chats, 7 memories", "14 records of the log")
        .contains("nothing was forgotten", "SillyTavern's own chat files", "backups");
    assertThat(bodies()).singleElement().asString().contains("\"dry_run\":true");
  }

  @Test
  void with_a_word_before_it_is_asked_for_at_once() {
    assertThat(
            operator
                .runs(
                    "forget",
                    "--handle=u",
                    "--character=林晚",
                    "--chat=Mara",
                    "--turn=t1",
                    "--copies",
                    "--yes")
                .exits(0)
                .out())
        .contains("forget show f1 --follow");
    operator.runs("forget", "--group=7", "--chat=default-user:long-gone", "--yes").exits(0);

    assertThat(bodies())
        .containsExactly(
            "{\"handle\":\"u\",\"character\":\"林晚\",\"group\":null,\"chat_id\":\""
                + ServiceAnswers.CHAT
                + "\",\"turn_id\":\"t1\",\"copies\":true}",
            "{\"handle\":null,\"character\":null,\"group\":\"7\","
                + "\"chat_id\":\"default-user:long-gone\",\"turn_id\":null,\"copies\":false}");
  }

  @Test
  void it_is_followed_to_its_end() {
    assertThat(operator.runs("forget", "--turn=t1", "--yes", "--follow").exits(0).out())
        .containsPattern("f1 +forgotten +2026-11-28T09:00:00Z +12 +1 +7")
        .contains("14 records of the log are erased", "mem0's own history");
    services.answer("GET /v1/forgets", "[" + DONE + "]");
    assertThat(operator.runs("forget", "list").exits(0).out()).contains("f1", "forgotten");
    services.answer("GET /v1/forgets", "[]");
    assertThat(operator.runs("forget", "list").exits(0).out()).contains("Nothing was asked");
  }

  @Test
  void records_that_cannot_be_erased_are_told_and_fail_the_command() {
    services.answer("GET /v1/forgets/f1", DONE.replace("erasable\":0", "erasable\":3"));

    assertThat(operator.runs("forget", "show", "f1", "--follow").exits(1).out())
        .contains("3 records are in a log that an earlier version made");
  }

  @Test
  void what_holds_it_up_is_told() {
    services.answer(
        "GET /v1/forgets/f1",
        DONE.replace("completed", "taking_back").replace("\"error\":null", "\"error\":\"mem0\""));

    assertThat(operator.runs("forget", "show", "f1").exits(0).out())
        .contains("deleting memories", "It does not go on in a part of the log: mem0")
        .doesNotContain("are erased");
    assertThat(operator.runs("forget", "show", "none").exits(3).err()).contains("the writer");
  }

  @Test
  void a_memory_is_forgotten_as_by_the_panels_bin() {
    services.answer("DELETE /v1/memories/m1?user_id=default-user", 204, "application/json", "");
    services.answer("DELETE /v1/memories/m1?user_id=u", 204, "application/json", "");

    operator.answers("n").runs("forget", "--memory=m1").exits(1);
    assertThat(services.asked()).isEmpty();
    assertThat(operator.runs("forget", "--memory=m1", "--yes").exits(0).out()).contains("m1");
    operator.runs("forget", "--memory=m1", "--handle=u", "--yes").exits(0);

    assertThat(services.asked())
        .containsExactly(
            "DELETE /v1/memories/m1?user_id=default-user", "DELETE /v1/memories/m1?user_id=u");
  }
}
