package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.writer.consume.Batch;
import dev.tavernmem0.writer.consume.Requeue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What each command asks, and shows of the answer. */
class CommandsTest {
  private static final String LIST = "GET /v1/memories?user_id=default-user&limit=1000";
  private static final String DELETE = "DELETE /v1/memories/m1?user_id=default-user";

  @TempDir private Path home;
  private ServiceStub services;
  private ServiceStub watcher;
  private Operator operator;

  @BeforeEach
  void start() throws IOException {
    services = new ServiceStub();
    watcher = new ServiceStub();
    operator = new Operator(home).at(services);
    services.answer("GET /v1/chats", List.of(ServiceAnswers.chat()));
    services.answer(
        "GET /v1/turns?chat_id=default-user%3A0b1c",
        List.of(
            ServiceAnswers.turn("t1", Fate.WRITTEN, null, false),
            ServiceAnswers.turn("t2", Fate.RETRACTED, "deleted", true)));
    services.answer("GET /v1/holds", List.of(ServiceAnswers.hold()));
  }

  @AfterEach
  void stop() {
    watcher.close();
    services.close();
  }

  @Test
  void chats_are_a_line_each() {
    String line = "Mara       default-user  Mara.jsonl  7         ";

    assertThat(operator.runs("chats").exits(0).out())
        .contains("CHARACTER", line)
        .contains("12 written", "1 skipped", ServiceAnswers.CHAT);
    services.answer("GET /v1/chats", "[]");
    assertThat(operator.runs("chats").exits(0).out()).contains("no chats yet");
  }

  @Test
  void json_is_what_the_service_said() {
    JsonNode chats = operator.runs("chats", "--output=json").exits(0).json();

    assertThat(chats.get(0).path("turns").path("written").asInt()).isEqualTo(12);
    assertThat(chats.get(0).path("chat_id").asString()).isEqualTo(ServiceAnswers.CHAT);
  }

  @ParameterizedTest
  @ValueSource(strings = {ServiceAnswers.CHAT, "Mara", "Mara.jsonl"})
  void a_chat_is_named_by_id_or_file(String name) {
    assertThat(operator.runs("turns", name).exits(0).out())
        .containsPattern("t1 +written +2 +b1 +-")
        .containsPattern("t2 +retracted \\(gone\\) +2 +b1 +deleted");
  }

  @Test
  void a_name_that_no_chat_has_or_several_have_is_told() {
    assertThat(operator.runs("turns", "Nobody").exits(1).err())
        .contains("no chat 'Nobody'", "tavern-mem0 chats");

    services.answer("GET /v1/chats", List.of(ServiceAnswers.chat(), ServiceAnswers.chat()));
    assertThat(operator.runs("turns", "Mara").exits(1).err())
        .contains("several", ServiceAnswers.CHAT);
    assertThat(operator.runs("fate", "t3").exits(1).err()).contains("neither", "'t3'");
    JsonNode error = operator.runs("fate", "t3", "--output=json").exits(1).error();
    assertThat(error.path("error").asString()).isEqualTo("not-found");
  }

  @Test
  void the_fate_of_a_chat_is_explained() {
    assertThat(operator.runs("fate", "Mara").exits(0).out())
        .contains("Mara.jsonl: 7 memories", "  12 written: mem0 remembers it", "  1 skipped: ");
    assertThat(operator.set("LANGUAGE", "zh").runs("fate", "Mara").exits(0).out())
        .contains("7 条记忆", "12 条已写入：mem0 记住了它");
  }

  @Test
  void the_fate_of_a_turn_is_explained_with_its_batch() {
    Batch batch =
        new Batch(
            "b1",
            "default-user",
            "Mara",
            ServiceAnswers.CHAT,
            "Mara.jsonl",
            List.of(),
            0,
            Fate.WRITTEN,
            null,
            3,
            ServiceAnswers.THEN,
            List.of(),
            List.of("m1", "m2"),
            List.of());
    services.answer("GET /v1/batches/b1", batch);

    assertThat(operator.runs("fate", "t2").exits(0).out())
        .contains("turn    t2", ServiceAnswers.CHAT, "fate    retracted: ", "reason  deleted")
        .contains("b1: 0 turns, 3 calls, 2 memories, since 2026-11-27T09:00:00Z");
    JsonNode json = operator.runs("fate", "t2", "--output=json").exits(0).json();
    assertThat(json.path("turn").path("fate").asString()).isEqualTo("retracted");
    assertThat(json.path("batch").path("attempts").asInt()).isEqualTo(3);
  }

  @Test
  void memories_are_listed_searched_and_shown() {
    String some = "{\"memories\":[" + ServiceAnswers.MEMORY + "],\"trace_id\":\"t\"}";
    services.answer("GET /v1/memories?user_id=a%20b&agent_id=%E6%9E%97&limit=5", some);
    services.answer("GET /v1/memories?user_id=default-user&limit=50&query=my%20cat%3F", some);
    services.answer(LIST, some);

    assertThat(
            operator
                .runs("memories", "list", "--user", "a b", "--character", "林", "--limit", "5")
                .exits(0)
                .out())
        .contains("m1      2026-11-27T09:00:00Z  Mara       Alex's cat is called Biscuit");
    assertThat(operator.runs("memories", "search", "my", "cat?").exits(0).out())
        .contains("Biscuit");
    assertThat(operator.runs("memories", "show", "m1").exits(0).out())
        .contains("Biscuit", "Mara.jsonl", "t1, t2");
    assertThat(operator.runs("memories", "show", "m2").exits(1).err())
        .contains("no memory 'm2'", "memories list");
    JsonNode one = operator.runs("memories", "show", "m1", "--output=json").exits(0).json();
    assertThat(one.path("id").asString()).isEqualTo("m1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "n", "perhaps"})
  void nothing_is_forgotten_unless_it_is_confirmed(String answer) {
    operator.answers(answer);

    Operator.Result result = operator.runs("memories", "delete", "m1").exits(1);

    assertThat(result.err()).contains("Forget the memory m1 for good? [y/N]", "--yes");
    assertThat(operator.runs("holds", "confirm", "Mara.jsonl").exits(1).err())
        .contains("Delete the 9 memories of what Mara.jsonl has lost?");
    assertThat(services.asked()).containsExactly("GET /v1/holds");
  }

  @Test
  void what_is_confirmed_is_forgotten() {
    services.answer(DELETE, 204, "application/json", "");

    assertThat(operator.answers("Yes\n").runs("memories", "delete", "m1").exits(0).out())
        .contains("Forgotten: m1");
    assertThat(operator.set("LANGUAGE", "zh").answers("是\n").runs("memories", "delete", "m1"))
        .satisfies(result -> result.exits(0));
    JsonNode json =
        operator
            .answers("")
            .runs("memories", "delete", "m1", "-y", "--output=json")
            .exits(0)
            .json();
    assertThat(json.path("deleted").asString()).isEqualTo("m1");
    assertThat(services.asked()).containsExactly(DELETE, DELETE, DELETE);
  }

  @Test
  void a_memory_that_cannot_be_forgotten_is_told() {
    services.refuse(DELETE, 503, "curation-unavailable", "Service Unavailable", "Nothing was.");

    assertThat(operator.runs("memories", "delete", "m1", "--yes").exits(1).err())
        .contains("the retriever says no: Service Unavailable. Nothing was.");
  }

  @Test
  void holds_are_listed_and_decided() {
    services.answer("POST /v1/holds/h1/confirm", ServiceAnswers.hold());
    services.answer("POST /v1/holds/h1/discard", ServiceAnswers.hold());

    assertThat(operator.runs("holds", "list").exits(0).out())
        .contains("34", "chat deleted", "Mara.jsonl", "holds confirm CHAT");
    assertThat(operator.answers("y").runs("holds", "confirm", ServiceAnswers.CHAT).exits(0).out())
        .contains("9 memories are being deleted");
    assertThat(operator.runs("holds", "confirm", "h1", "--yes").exits(0).out()).contains("9 ");
    assertThat(operator.runs("holds", "discard", "Mara").exits(0).out())
        .contains("9 memories stay");
    assertThat(operator.runs("holds", "discard", "Teo.jsonl").exits(1).err())
        .contains("'Teo.jsonl'", "holds list");
    services.answer("GET /v1/holds", "[]");
    assertThat(operator.runs("holds", "list").exits(0).out()).contains("No memories wait");
  }

  @Test
  void dead_letters_are_listed_shown_and_tried_again() {
    services.answer("GET /v1/dead-letters", List.of(ServiceAnswers.dead()));
    services.answer("GET /v1/dead-letters/b1", ServiceAnswers.dead());
    services.answer("POST /v1/requeues?fate=dead", new Requeue.Outcome(2, 9));
    services.answer("POST /v1/requeues?fate=dead&batch_id=b1", new Requeue.Outcome(1, 2));

    assertThat(operator.runs("dead", "list").exits(0).out())
        .contains("b1", "400 provider_bad_request", "dead requeue");
    assertThat(operator.runs("dead", "show", "b1").exits(0).out())
        .contains("2 turns, 3 calls", "400 provider_bad_request", "dead requeue --batch b1");
    assertThat(operator.runs("dead", "requeue").exits(0).out())
        .contains("2 batches with 9 turns are tried again");
    JsonNode one = operator.runs("dead", "requeue", "--batch=b1", "--output=json").exits(0).json();
    assertThat(one.path("turns").asInt()).isEqualTo(2);
  }

  @Test
  void what_was_empty_or_is_missing_is_tried_again() {
    String chat = "&chat_id=default-user%3A0b1c";
    services.answer("POST /v1/requeues?fate=dead%2Cempty" + chat, new Requeue.Outcome(3, 4));
    services.answer("POST /v1/requeues?missing=true", new Requeue.Outcome(0, 0));

    assertThat(operator.runs("requeue", "--fate=dead,empty", "--chat=Mara").exits(0).out())
        .contains("3 batches with 4 turns");
    assertThat(operator.runs("requeue", "--missing").exits(0).out()).contains("0 batches");
  }

  @Test
  void the_sweep_tells_what_is_missing_and_is_started() {
    services.answer("GET /v1/sweep", ServiceAnswers.sweep());
    services.answer("POST /v1/sweep", ServiceAnswers.sweep());

    assertThat(operator.runs("sweep").exits(0).out())
        .contains("3 of 4 characters compared", "6 left-over memories deleted, 7 late")
        .containsPattern("Mara +default-user +2 +5 +2026")
        .contains("2 memories of 1 batches are not in mem0", "requeue --missing");
    services.answer("GET /v1/sweep", "{\"compared\":0,\"scopes\":4,\"findings\":[]}");
    assertThat(operator.runs("sweep").exits(0).out()).contains("No character was compared yet");
    assertThat(operator.runs("sweep", "--start").exits(0).out()).contains("are being compared");
    assertThat(services.asked())
        .containsExactly("GET /v1/sweep", "GET /v1/sweep", "POST /v1/sweep");
  }

  @Test
  void the_sweep_tells_what_another_would_mend() {
    services.answer(
        "GET /v1/sweep",
        """
        {"compared":4,"scopes":4,"left_over":2,"unrecorded":1,
         "findings":[{"agent_id":"Mara","user_id":"u","missing":[]}]}""");

    assertThat(operator.runs("sweep").exits(0).out())
        .contains("2 memories are left over, and 1 of written batches", "sweep --start");
  }

  @Test
  void what_nobody_here_wrote_is_deleted_only_if_that_is_wanted_of_their_number() {
    services.answer("GET /v1/sweep", ServiceAnswers.sweep());
    services.answer("POST /v1/sweep", ServiceAnswers.sweep());
    services.answer("POST /v1/sweep?delete_strangers=5", ServiceAnswers.sweep());

    operator.runs("sweep", "--delete-strangers").exits(2);
    assertThat(operator.answers("n").runs("sweep", "--start", "--delete-strangers").exits(1).err())
        .contains("5 memories that nobody here wrote");
    assertThat(services.asked()).containsExactly("GET /v1/sweep");
    assertThat(operator.runs("sweep", "--start", "--delete-strangers", "--yes").exits(0).out())
        .contains("5 memories that nobody here wrote are being deleted");
    assertThat(services.asked())
        .containsExactly("GET /v1/sweep", "GET /v1/sweep", "POST /v1/sweep?delete_strangers=5");

    services.answer("GET /v1/sweep", "{\"compared\":4,\"scopes\":4,\"strangers\":0}");
    assertThat(operator.runs("sweep", "--start", "--delete-strangers").exits(0).out())
        .contains("No comparison so far has found");
  }

  @Test
  void writing_is_paused_and_resumed() {
    services.answer("POST /v1/pause", ServiceAnswers.writer("operator", null, 0));
    services.answer("POST /v1/resume", ServiceAnswers.writer());

    assertThat(operator.runs("pause").exits(0).out()).contains("1 calls", "tavern-mem0 resume");
    assertThat(operator.runs("resume").exits(0).out()).contains("42 turns wait");
    JsonNode json = operator.runs("pause", "--output=json").exits(0).json();
    assertThat(json.path("paused_by").asString()).isEqualTo("operator");
  }

  @Test
  void a_snapshot_is_of_what_was_selected() {
    services.answer("POST /v1/snapshots", 202, "application/json", ServiceAnswers.SNAPSHOT);

    assertThat(operator.runs("snapshot", "start", "--all").exits(0).out())
        .contains("snapshot show s1");
    operator
        .runs(
            "snapshot",
            "start",
            "--user=u",
            "--character=Mara",
            "--character=林晚",
            "--group=g",
            "--chat=c",
            "--from=2026-01-01T00:00:00Z",
            "--to=2026-02-01T00:00:00Z")
        .exits(0);

    assertThat(services.requests())
        .extracting(ServiceStub.Request::body)
        .containsExactly(
            "{\"handles\":[],\"characters\":[],\"groups\":[],\"chats\":[],\"from\":null,\"to\":null}",
            "{\"handles\":[\"u\"],\"characters\":[\"Mara\",\"林晚\"],\"groups\":[\"g\"],\"chats\":[\"c\"],"
                + "\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-02-01T00:00:00Z\"}");
  }

  @Test
  void snapshots_are_followed_and_steered() {
    services.answer("GET /v1/snapshots", "{\"snapshots\":[" + ServiceAnswers.SNAPSHOT + "]}");
    services.answer("GET /v1/snapshots/s1", ServiceAnswers.SNAPSHOT);
    for (String signal : List.of("pause", "resume", "cancel")) {
      services.answer(
          "POST /v1/snapshots/s1/" + signal, 202, "application/json", ServiceAnswers.SNAPSHOT);
      assertThat(operator.runs("snapshot", signal, "s1").exits(0).out()).contains("s1");
    }

    String line = "s1 +running +2026-11-27T09:00:00Z +2 of 5 +120 +40.5 turns/s, 3 s left";
    assertThat(operator.runs("snapshot", "list").exits(0).out()).containsPattern(line);
    assertThat(operator.runs("snapshot", "show", "s1").exits(0).out()).containsPattern(line);
    services.answer("GET /v1/snapshots", "{\"snapshots\":[]}");
    assertThat(operator.runs("snapshot", "list").exits(0).out()).contains("no snapshots");
  }

  @Test
  void a_replay_is_of_what_was_selected() {
    services.answer("POST /v1/replays", 202, "application/json", ServiceAnswers.REPLAY);

    assertThat(operator.runs("replay", "start", "--mode=missing", "--all").exits(0).out())
        .contains("replay show r1 --follow");
    operator
        .runs(
            "replay",
            "start",
            "--mode=rewrite",
            "--yes",
            "--user=u",
            "--character=林晚",
            "--chat=Mara",
            "--from=2026-01-01T00:00:00Z",
            "--to=2026-02-01T00:00:00Z",
            "--fate=written,empty",
            "--rate=30",
            "--concurrency=2")
        .exits(0);
    operator
        .runs("replay", "start", "--mode=missing", "--chat=default-user:not-known", "--group=7")
        .exits(0);

    assertThat(services.requests())
        .extracting(ServiceStub.Request::body)
        .filteredOn(body -> !body.isEmpty())
        .containsExactly(
            "{\"mode\":\"missing\",\"handle\":null,\"character\":null,\"group\":null,\"chat_id\":null,"
                + "\"from\":null,\"to\":null,\"rate\":null,\"concurrency\":null}",
            "{\"mode\":\"rewrite\",\"handle\":\"u\",\"character\":\"林晚\",\"group\":null,\"chat_id\":\""
                + ServiceAnswers.CHAT
                + "\",\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-02-01T00:00:00Z\","
                + "\"fates\":[\"written\",\"empty\"],\"rate\":30,\"concurrency\":2}",
            "{\"mode\":\"missing\",\"handle\":null,\"character\":null,\"group\":\"7\","
                + "\"chat_id\":\"default-user:not-known\","
                + "\"from\":null,\"to\":null,\"rate\":null,\"concurrency\":null}");
  }

  @Test
  void a_rewrite_is_counted_first_and_asked_for() {
    services.answer("POST /v1/replays", 200, "application/json", ServiceAnswers.REPLAY);

    Operator.Result refused =
        operator.answers("n").runs("replay", "start", "--mode=rewrite", "--all").exits(1);

    assertThat(refused.err()).contains("40 turns", "2 calls", "not confirmed");
    assertThat(services.requests())
        .extracting(ServiceStub.Request::body)
        .singleElement()
        .asString()
        .contains("\"dry_run\":true");
    assertThat(
            operator.runs("replay", "start", "--mode=rewrite", "--all", "--dry-run").exits(0).out())
        .contains("40 turns of 1 chats, in 2 batches", "2 calls of mem0's model", "1200 tokens");
  }

  @Test
  void replays_are_followed_and_steered() {
    services.answer("GET /v1/replays", "[" + ServiceAnswers.REPLAY + "]");
    services.answer("GET /v1/replays/r1", ServiceAnswers.REPLAY);
    for (String order : List.of("pause", "resume", "cancel")) {
      services.answer(
          "POST /v1/replays/r1/" + order, 202, "application/json", ServiceAnswers.REPLAY);
      assertThat(operator.runs("replay", order, "r1").exits(0).out()).contains("r1");
    }

    String line = "r1 +rewrite +completed +2026-11-27T09:00:00Z +40 of 40 +3 +12.5 batches/min";
    assertThat(operator.runs("replay", "list").exits(0).out()).containsPattern(line);
    assertThat(operator.runs("replay", "show", "r1").exits(0).out())
        .containsPattern(line)
        .contains("refused 3 of these turns", "dead list");
    assertThat(operator.runs("replay", "show", "r1", "--follow").exits(1).out())
        .containsPattern(line);
    services.answer("GET /v1/replays", "[]");
    assertThat(operator.runs("replay", "list").exits(0).out()).contains("no replays");
  }

  private static final String SAME =
      "{\"partitions\":12,\"chats\":2,\"turns\":30,\"counts\":{},\"differences\":[]}";
  private static final String DIFFERENT =
      """
      {"partitions":12,"chats":2,"turns":30,"counts":{"without-fate":2,"gone":1},"differences":[
        {"kind":"without-fate","user_id":"u","agent_id":"Mara","chat_id":"u:1","turn_id":"t1"},
        {"kind":"without-fate","user_id":"u","agent_id":"Mara","chat_id":"u:1","turn_id":"t2"},
        {"kind":"gone","user_id":"u","agent_id":"Mara","chat_id":"u:2","turn_id":"t3"}]}""";

  private static final String FILES_SAME =
      """
      {"files":2,"turns":30,"busy":0,"not_compared":0,"unreadable_records":0,
       "counts":{},"differences":[]}""";
  private static final String FILES_DIFFERENT =
      """
      {"files":3,"turns":31,"busy":1,"not_compared":0,"unreadable_records":0,
       "counts":{"chat-not-in-log":1,"turn-not-in-log":2,"stale":1,"turn-not-in-file":1,
                 "file-gone":1,"not-tracked":1},
       "differences":[
        {"kind":"chat-not-in-log","handle":"u","file":"chats/Mara/new.jsonl","chat_id":null},
        {"kind":"turn-not-in-log","handle":"u","file":"f","chat_id":"u:3","position":4},
        {"kind":"turn-not-in-log","handle":"u","file":"f","chat_id":"u:3","position":5},
        {"kind":"stale","handle":"u","file":"f","chat_id":"u:4","turn_id":"t4","position":4},
        {"kind":"turn-not-in-file","handle":"u","file":"f","chat_id":"u:2","turn_id":"t5"},
        {"kind":"file-gone","handle":"u","file":"f","chat_id":"u:6"},
        {"kind":"not-tracked","handle":"u","file":"f","chat_id":"u:7"}]}""";

  private void files(String answer) {
    operator.set("TAVERN_MEM0_WATCHER_URL", watcher.url());
    compared(watcher, answer);
  }

  private void log(String answer) {
    compared(services, answer);
  }

  private static void compared(ServiceStub service, String differences) {
    service.answer("POST /v1/comparison", 202, "application/json", "{\"state\":\"running\"}");
    service.answer(
        "GET /v1/comparison",
        """
        {"state":"completed","started_at":"2026-11-28T01:00:00Z","records":9,"records_read":9,
         "differences":%s,"failure":null}"""
            .formatted(differences));
  }

  private void swept(String missing) {
    services.answer("GET /v1/status", "{\"paused_by\":null}");
    services.answer("POST /v1/sweep?dry_run=true", 202, "application/json", "{}");
    services.answer(
        "GET /v1/sweep",
        """
        {"scopes":4,"compared":4,"missing_memories":%s,"missing_batches":1,"strangers":0,
         "last_error":null,"findings":[{"agent_id":"Mara","missing":[{"memory_ids":["m1"]}]}]}"""
            .formatted(missing));
  }

  @Test
  void verify_is_silent_when_all_say_the_same() {
    files(FILES_SAME);
    log(SAME);
    swept("0");

    assertThat(operator.runs("verify").exits(0).out())
        .contains(
            "30 turns of 2 chat files",
            "30 turns of 2 chats compared",
            "4 of 4 characters",
            "They say the same.")
        .doesNotContain("MEND");
    assertThat(operator.runs("verify", "--output=json").exits(0).json().path("well").asBoolean())
        .isTrue();
  }

  @Test
  void verify_tells_each_kind_of_difference_with_its_mend_and_changes_nothing() {
    files(FILES_DIFFERENT);
    log(DIFFERENT);
    swept("3");

    assertThat(operator.runs("verify").exits(1).out())
        .contains("1 chats changed meanwhile")
        .containsPattern("the log has nothing +1 +new +tavern-mem0 snapshot start --chat")
        .containsPattern("the log does not have +2 +u:3 +tavern-mem0 snapshot start --chat")
        .containsPattern("the log has old words of turns +1 +u:4 +tavern-mem0 snapshot start")
        .containsPattern("the files do not have +1 +u:2 +tavern-mem0 snapshot start --chat")
        .containsPattern("there is no file +1 +u:6 +tavern-mem0 verify --repair")
        .containsPattern("has lost what it knew of chat files +1 +u:7 +tavern-mem0 snapshot")
        .containsPattern("the ledger does not know +2 +t1 +tavern-mem0 replay start --mode missing")
        .containsPattern("says no more +1 +t3 +tavern-mem0 verify --repair")
        .containsPattern("not in mem0 +3 +Mara +tavern-mem0 requeue --missing")
        .contains("verify --repair");
    assertThat(services.requests())
        .extracting(ServiceStub.Request::asked)
        .doesNotContain("POST /v1/replays", "POST /v1/sweep", "POST /v1/retractions");
    assertThat(watcher.asked()).containsExactly("POST /v1/comparison", "GET /v1/comparison");
    JsonNode answer = operator.runs("verify", "--output=json").exits(1).json();
    assertThat(answer.path("files_and_log").path("counts").path("stale").asInt()).isEqualTo(1);
    assertThat(answer.path("log_and_ledger").path("counts").path("gone").asInt()).isEqualTo(1);
  }

  @Test
  void verify_without_the_watcher_says_that_files_were_not_compared_and_goes_on() {
    files(FILES_SAME);
    watcher.close();
    log(SAME);
    swept("0");

    assertThat(operator.runs("verify").exits(1).out())
        .contains("files and log: not compared", "30 turns of 2 chats compared")
        .containsPattern("could not be compared +1 +.*tavern-mem0 status")
        .doesNotContain("They say the same.");
    JsonNode answer = operator.runs("verify", "--output=json").exits(1).json();
    assertThat(answer.path("files_and_log").path("failure").isString()).isTrue();
    assertThat(answer.path("well").asBoolean()).isFalse();
  }

  @Test
  void verify_goes_on_when_the_watcher_says_no_and_tells_of_files_that_it_could_not_read() {
    files(FILES_SAME.replace("\"not_compared\":0", "\"not_compared\":2"));
    log(SAME);
    swept("0");
    assertThat(operator.runs("verify").exits(1).out())
        .containsPattern("could not be compared +2 +");

    watcher.refuse("POST /v1/comparison", 503, "busy", "Busy", "One at a time.");
    assertThat(operator.runs("verify").exits(1).out())
        .contains("files and log: not compared", "One at a time.");
  }

  @Test
  void verify_tells_that_a_service_has_failed_or_was_started_anew_amid_the_comparison() {
    files(FILES_SAME);
    log(SAME);
    swept("0");
    watcher.answer("GET /v1/comparison", "{\"state\":\"none\"}");
    assertThat(operator.runs("verify").exits(1).out())
        .contains("files and log: not compared", "started anew amid the comparison: verify again");

    compared(watcher, FILES_SAME);
    services.answer("GET /v1/comparison", "{\"state\":\"failed\",\"failure\":\"Kafka is away\"}");
    assertThat(operator.runs("verify").exits(1).out())
        .contains("log and ledger: not compared")
        .containsPattern("log and ledger could not be compared +1 +Kafka is away");
  }

  @Test
  void verify_tells_that_no_snapshot_was_begun_and_mends_the_rest() {
    files(FILES_DIFFERENT);
    watcher.refuse("POST /v1/snapshots", 503, "not-watching", "Unavailable", "It does not watch.");
    log(DIFFERENT);
    swept("0");
    services.answer("POST /v1/replays", 202, "application/json", ServiceAnswers.REPLAY);

    assertThat(operator.runs("verify", "--repair").exits(1).out())
        .contains("replay show r1", "no snapshot was begun", "It does not watch.");
  }

  @Test
  void verify_publishes_everything_if_not_all_chats_are_told() {
    files(FILES_DIFFERENT.replace("\"turn-not-in-log\":2", "\"turn-not-in-log\":501"));
    watcher.answer("POST /v1/snapshots", 202, "application/json", ServiceAnswers.SNAPSHOT);
    log(SAME);
    swept("0");

    assertThat(operator.answers("n").runs("verify", "--repair").exits(1).err())
        .contains("all chats of all users");
    assertThat(watcher.requests()).extracting(ServiceStub.Request::body).doesNotContain("{}");

    operator.runs("verify", "--repair", "--yes").exits(1);

    assertThat(watcher.requests()).extracting(ServiceStub.Request::body).contains("{}");
  }

  @Test
  void verify_does_not_wait_for_a_writer_that_is_paused() {
    files(FILES_SAME);
    log(SAME);
    swept("0");
    services.answer("GET /v1/status", "{\"paused_by\":\"operator\"}");

    assertThat(operator.runs("verify").exits(1).out())
        .contains("mem0 could not be compared", "paused_by operator");
    assertThat(services.requests())
        .extracting(ServiceStub.Request::asked)
        .doesNotContain("POST /v1/sweep?dry_run=true");
  }

  @Test
  void verify_tells_what_the_writer_does_not_mend_and_publishes_the_rest() {
    files(FILES_DIFFERENT);
    watcher.answer("POST /v1/snapshots", 202, "application/json", ServiceAnswers.SNAPSHOT);
    log(DIFFERENT);
    swept("0");

    assertThat(operator.runs("verify", "--repair").exits(1).out())
        .contains("The writer mends nothing now", "snapshot show s1");
  }

  @Test
  void verify_needs_the_writer() {
    operator.set("TAVERN_MEM0_WRITER_URL", "http://127.0.0.1:1");
    files(FILES_SAME);

    operator.runs("verify").exits(3);
  }

  @Test
  void verify_mends_what_it_is_told_to() {
    files(FILES_DIFFERENT);
    watcher.answer("POST /v1/snapshots", 202, "application/json", ServiceAnswers.SNAPSHOT);
    watcher.answer("POST /v1/deletions", 202, "application/json", "{\"chats\":1,\"turns\":3}");
    tracks("u:2", "u:3");
    log(
        DIFFERENT
            .replace("\"gone\":1}", "\"gone\":2,\"wrong-scope\":1}")
            .replace(
                "\"t3\"}]", "\"t3\"},{\"kind\":\"gone\",\"chat_id\":\"u:8\",\"turn_id\":\"t4\"}]"));
    swept("3");
    services.answer("POST /v1/sweep", 202, "application/json", "{}");
    services.answer("POST /v1/replays", 202, "application/json", ServiceAnswers.REPLAY);
    services.answer("POST /v1/retractions", 202, "application/json", "{\"chats\":1,\"turns\":1}");
    services.answer(
        "POST /v1/requeues?missing=true", 202, "application/json", "{\"batches\":1,\"turns\":3}");

    assertThat(operator.runs("verify", "--repair").exits(1).out())
        .contains(
            "replay show r1", "snapshot show s1", "tavern-mem0 status", "tavern-mem0 holds list");

    assertThat(services.requests())
        .extracting(ServiceStub.Request::body)
        .contains(
            "{\"mode\":\"missing\",\"fates\":[\"none\"]}",
            "{\"kinds\":[\"wrong-scope\"]}",
            "{\"kinds\":[\"gone\"],\"chat_ids\":[\"u:8\"]}");
    assertThat(watcher.requests())
        .extracting(ServiceStub.Request::body)
        .contains("{\"chats\":[\"new\",\"u:3\",\"u:4\",\"u:2\",\"u:7\"]}", "{\"chats\":[\"u:6\"]}");
  }

  private void tracks(String... chats) {
    String each =
        Stream.of(chats)
            .map("{\"chat_id\":\"%s\"}"::formatted)
            .collect(Collectors.joining(",", "[", "]"));
    watcher.answer("GET /v1/chats?limit=1000", "{\"chats\":" + each + ",\"next\":null}");
  }

  @Test
  void verify_has_left_over_memories_deleted_and_those_of_others_only_when_asked() {
    files(FILES_SAME);
    log(SAME);
    services.answer("GET /v1/status", "{\"paused_by\":null}");
    services.answer("POST /v1/sweep?dry_run=true", 202, "application/json", "{}");
    services.answer(
        "GET /v1/sweep",
        """
        {"scopes":1,"compared":1,"missing_memories":0,"left_over":2,"unrecorded":1,"strangers":3,
         "findings":[{"agent_id":"Mara","missing":[],"left_over":2,"unrecorded":1,"strangers":3}]}""");
    services.answer("POST /v1/sweep", 202, "application/json", "{}");
    services.answer("POST /v1/sweep?delete_strangers=3", 202, "application/json", "{}");

    assertThat(operator.runs("verify").exits(1).out())
        .containsPattern("are left over +2 +Mara +tavern-mem0 sweep --start")
        .containsPattern("the ledger does not know +1 +Mara +tavern-mem0 sweep --start")
        .containsPattern("nobody here wrote +3 +Mara +tavern-mem0 sweep --start --delete-str");
    assertThat(services.asked()).doesNotContain("POST /v1/sweep");
    operator.runs("verify", "--delete-strangers").exits(2);

    operator.runs("verify", "--repair").exits(1);
    assertThat(services.asked())
        .contains("POST /v1/sweep")
        .doesNotContain("POST /v1/sweep?delete_strangers=3");
    assertThat(
            operator.answers("n").runs("verify", "--repair", "--delete-strangers").exits(1).err())
        .contains("3 memories that nobody here wrote");
    assertThat(services.asked()).doesNotContain("POST /v1/sweep?delete_strangers=3");
    operator.runs("verify", "--repair", "--delete-strangers", "--yes").exits(1);
    assertThat(services.asked()).contains("POST /v1/sweep?delete_strangers=3");
  }

  @Test
  void verify_is_well_beside_records_of_the_log_that_are_no_events() {
    files(FILES_SAME.replace("\"unreadable_records\":0", "\"unreadable_records\":2"));
    log(SAME);
    swept("0");

    assertThat(operator.runs("verify").exits(0).out())
        .contains("2 records of the log are no events", "They say the same.");
  }

  @Test
  void an_export_is_all_batches_and_memories_a_line_each() throws IOException {
    Path file = home.resolve("export.jsonl");
    services.answer(
        "GET /v1/batches?limit=500",
        "{\"batches\":[{\"id\":\"b1\",\"fate\":\"written\"}],\"next\":\"5-b1\"}");
    services.answer(
        "GET /v1/batches?limit=500&after=5-b1",
        "{\"batches\":[{\"id\":\"b2\",\"fate\":\"dead\"}],\"next\":null}");
    services.answer(LIST, "{\"memories\":[" + ServiceAnswers.MEMORY + "]}");
    services.answer(
        "GET /v1/memories?user_id=default-user&agent_id=Mara&limit=1000",
        "{\"memories\":["
            + ServiceAnswers.MEMORY
            + ","
            + ServiceAnswers.MEMORY.replace("m1", "beyond what mem0 lists of the user")
            + "]}");

    assertThat(operator.runs("export", "--out", file.toString()).exits(0).out())
        .contains("2 batches, 2 memories");

    List<JsonNode> lines =
        Files.readAllLines(file).stream().map(line -> Json.MAPPER.readTree(line)).toList();
    assertThat(lines).hasSize(6);
    assertThat(lines.get(0).path("format").asString()).isEqualTo("tavern-mem0-export");
    assertThat(lines.get(0).path("version").asInt()).isEqualTo(1);
    assertThat(lines)
        .extracting(line -> line.path("type").asString(""))
        .containsExactly("", "batch", "batch", "memory", "memory", "end");
    assertThat(lines.get(2).path("id").asString()).isEqualTo("b2");
    assertThat(lines.get(3).path("user").asString()).isEqualTo("default-user");
    assertThat(lines.get(5).path("batches").asInt()).isEqualTo(2);
    assertThat(lines.get(5).path("memories").asInt()).isEqualTo(2);
    assertThat(operator.runs("export", "--out", file.toString()).exits(1).err())
        .contains("there already", "--force");
  }

  @Test
  void an_export_that_is_cut_off_leaves_no_file() {
    Path file = home.resolve("export.jsonl");
    services.answer("GET /v1/batches?limit=500", "{\"batches\":[],\"next\":null}");
    services.answer(LIST, 500, "application/json", "{}");

    operator.runs("export", "--out", file.toString()).exits(3);

    assertThat(file).doesNotExist();
  }

  @Test
  void a_replay_of_everything_has_to_be_asked_for() {
    assertThat(operator.runs("replay", "start", "--mode=missing").exits(2).err())
        .contains("--all", "--chat");
    assertThat(
            operator.runs("replay", "start", "--mode=missing", "--all", "--user=u").exits(2).err())
        .contains("--all");
    assertThat(operator.runs("replay", "start", "--all").exits(2).err()).contains("--mode");
  }
}
