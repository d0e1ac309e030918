package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.cli.run.RunningPipeline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What an operator can ask and decide, on a pipeline that runs, as text and as JSON. */
class OperateIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String KEY = "operators-key";

  @TempDir private Path home;
  private final RunningPipeline.Ports ports = RunningPipeline.Ports.free();
  private RunningPipeline pipeline;
  private Operator operator;
  private Path deletedFile;
  private String deleted;

  @BeforeEach
  void start() throws IOException {
    Path data = home.resolve("data");
    pipeline = RunningPipeline.start(Map.of("TAVERN_ACCESS_API_KEY", KEY), ports, data);
    operator = new Operator(home).set("TAVERN_ACCESS_API_KEY", KEY);
  }

  @AfterEach
  void stop() {
    pipeline.close();
  }

  @Test
  void everything_that_an_operator_can_ask_and_decide() throws Exception {
    pipeline.awaitReady();

    theProgramTellsTheStatusAndTheShellWhetherAllIsWell();
    theDoctorFindsEverythingThere();
    nobodyIsToldAnythingWithoutTheKey();
    somethingElseAtTheAddressIsNotTakenForTheService();
    chatsTurnsAndTheirFates();
    memoriesAreFoundAndForgotten();
    memoriesAreWrittenChangedKeptAndTakenAlong();
    writingIsPausedAndResumed();
    chatsArePublishedAgain();
    whatMem0HoldsIsCompared();
    nothingWasRefusedSoThereIsNothingToTryAgain();
    memoriesOfADeletedChatAreDecided();
    aDeletedChatIsHadBack();
    aChatIsForgottenThoughSillyTavernHasItYet();

    pipeline.terminate();
    Operator.Result after = operator.runs("status").exits(3);
    assertThat(after.out()).contains("nobody listens there", "services.properties: writer-url");
    assertThat(operator.runs("doctor").exits(3).out())
        .containsPattern("PROBLEM +writer +the writer is not reachable")
        .contains("tavern-mem0 run");
  }

  /** In a process of its own, as the shell starts it. */
  private void theProgramTellsTheStatusAndTheShellWhetherAllIsWell() throws Exception {
    Path output = home.resolve("status.out");
    ProcessBuilder status =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-jar",
            RunningPipeline.JAR.toString(),
            "status");
    status.environment().keySet().removeIf(name -> name.startsWith("TAVERN_"));
    status.environment().put("TAVERN_DATA_DIR", home.resolve("data").toString());
    status.environment().put("TAVERN_ACCESS_API_KEY", KEY);
    status.environment().put("LC_ALL", "C.UTF-8");
    status.environment().put("LANGUAGE", "zh");
    Process process = status.redirectErrorStream(true).redirectOutput(output.toFile()).start();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    assertThat(Files.readString(output, StandardCharsets.UTF_8))
        .contains("监视器", "写入器", "检索器", "已写入", "待决定 0");

    Operator.Result text = operator.runs("status").exits(0);
    assertThat(text.out())
        .containsPattern("watcher +UP +http://127.0.0.1:" + ports.watcher() + " +RUNNING, all")
        .containsPattern("writer +UP +http://127.0.0.1:" + ports.writer() + " +RUNNING, ")
        .containsPattern("retriever +UP +http://127.0.0.1:" + ports.retriever() + " +the ledger: f")
        .containsPattern("mem0 +UP")
        .containsPattern("turns +.*\\d+ written")
        .contains("waiting  0 just said", "counts   0 held, 0 dead, 0 empty, 0 missing, 0 phantom")
        .doesNotContain("to do", "error");
    JsonNode json = json("status");
    assertThat(json.path("well").asBoolean()).isTrue();
    assertThat(json.path("fates").path("written").asInt()).isGreaterThan(70);
    assertThat(json.path("writer").path("health").path("components").path("writer")).isNotEmpty();
  }

  private void theDoctorFindsEverythingThere() {
    Operator.Result text = operator.runs("doctor").exits(0);
    assertThat(text.out())
        .containsPattern("ok +watcher +well at http://127.0.0.1:" + ports.watcher() + ": RUNNING")
        .containsPattern("ok +writer +well at http://127.0.0.1:" + ports.writer() + ": RUNNING")
        .containsPattern("ok +retriever +well at http://127.0.0.1:" + ports.retriever())
        .containsPattern("ok +version +the services are of the version of this program, \\d")
        .containsPattern("ok +clock ")
        .containsPattern("ok +kafka +connected: watcher, writer, retriever")
        .containsPattern("ok +mem0 +answers and takes the key; its generation: 2.x")
        .containsPattern("ok +embedder +a question became a vector")
        .containsPattern("ok +model ")
        .containsPattern("ok +sillytavern .*sample-chats can be read: 8 chats of default-user")
        .containsPattern("WARNING +watched +the sample chats are watched")
        .containsPattern("ok +disk +\\d+ MB are free")
        .containsPattern("ok +private-data ")
        .contains("0 problems, 1 warnings");
    long memories = memories();
    assertThat(operator.runs("doctor", "--sillytavern=" + home).exits(1).out())
        .containsPattern("PROBLEM +sillytavern +.*not a SillyTavern data root");
    assertThat(memories()).as("nothing is left behind").isEqualTo(memories);
    Operator stranger = new Operator(home);
    assertThat(stranger.runs("doctor").exits(1).out())
        .containsPattern("PROBLEM +writer +.*API key")
        .containsPattern("PROBLEM +retriever +.*API key")
        .containsPattern("not checked +mem0 ")
        .containsPattern("ok +clock ");
  }

  private long memories() {
    return json("memories", "list", "--limit=1000").path("memories").size();
  }

  private void nobodyIsToldAnythingWithoutTheKey() {
    Operator stranger = new Operator(home);
    assertThat(stranger.runs("chats").exits(1).err()).contains("No key was given");
    assertThat(stranger.runs("memories", "list").exits(1).err()).contains("No key was given");
    assertThat(stranger.runs("status").exits(1).out()).containsPattern("writer +UP.*API key");
    stranger.set("TAVERN_ACCESS_API_KEY", "another");
    assertThat(stranger.runs("snapshot", "list").exits(1).err())
        .contains("The key from TAVERN_ACCESS_API_KEY is another one");
  }

  private void somethingElseAtTheAddressIsNotTakenForTheService() {
    String watcher = "http://127.0.0.1:" + ports.watcher();

    assertThat(operator.runs("holds", "list", "--writer-url", watcher).exits(3).err())
        .contains(watcher, "--writer-url", "something else");
    operator.runs("chats", "--writer-url", watcher).exits(3);
    operator.runs("chats", "--writer-url", "http://127.0.0.1:" + ports.kafka()).exits(3);
  }

  private void chatsTurnsAndTheirFates() {
    JsonNode chats = json("chats");
    assertThat(chats).isNotEmpty();
    JsonNode mara = chat("Mara");
    String file = mara.path("chat_file").asString();
    String id = mara.path("chat_id").asString();
    assertThat(operator.runs("chats").exits(0).out()).contains(file, id, "林晚", " written");

    JsonNode turns = json("turns", file);
    assertThat(json("turns", id)).isEqualTo(turns);
    JsonNode written = of(turns, "fate", "written");
    String turn = written.path("turn_id").asString();
    assertThat(operator.runs("turns", file.replace(".jsonl", "")).exits(0).out())
        .containsPattern(turn + " +written");
    assertThat(operator.runs("fate", file).exits(0).out()).contains(file, "written: mem0 remem");
    assertThat(operator.runs("fate", turn).exits(0).out())
        .contains("turn    " + turn, id, "fate    written", "batch   ");
    assertThat(json("fate", turn).path("batch").path("id")).isEqualTo(written.path("batch_id"));
    assertThat(operator.runs("turns", "no such chat").exits(1).err()).contains("no such chat");
    assertThat(operator.runs("fate", "no-such-turn").exits(1).err()).contains("no-such-turn");
  }

  private void memoriesAreFoundAndForgotten() {
    assertThat(operator.runs("memories", "list", "--character=Mara").exits(0).out())
        .contains("CHARACTER", "Mara")
        .doesNotContain("林晚");
    assertThat(operator.runs("memories", "search", "--character=Mara", "my cat").exits(0).out())
        .contains("Biscuit");
    JsonNode memory = json("memories", "list", "--limit=1").path("memories").get(0);
    String id = memory.path("id").asString();
    assertThat(operator.runs("memories", "show", id).exits(0).out())
        .contains(memory.path("source").path("chat_id").asString());
    JsonNode shown = json("memories", "show", id);
    assertThat(shown.path("source")).isEqualTo(memory.path("source"));
    assertThat(shown.path("words").path("turns").valueStream().map(it -> it.path("text")))
        .as("a memory without a model is the words of one turn")
        .anyMatch(text -> memory.path("text").asString().contains(text.asString()));

    operator.answers("no\n").runs("memories", "delete", id).exits(1);
    assertThat(json("memories", "show", id).path("id")).isEqualTo(memory.path("id"));
    assertThat(operator.answers("y\n").runs("memories", "delete", id).exits(0).out())
        .contains("Forgotten: " + id);
    assertThat(operator.runs("memories", "show", id).exits(1).err()).contains(id);
    assertThat(operator.runs("memories", "delete", id, "--yes").exits(1).err())
        .contains("retriever says no: Not Found", "memories list");
    assertThat(operator.runs("memories", "list", "--user=nobody").exits(0).out())
        .contains("Nothing is remembered");
  }

  private void memoriesAreWrittenChangedKeptAndTakenAlong() throws IOException {
    String text = "Alex plays the cello on Sundays";
    JsonNode added = json("memories", "add", "--character=Mara", text);
    String id = added.path("memory").path("id").asString();
    assertThat(added.path("stored").asBoolean()).isTrue();
    assertThat(operator.runs("memories", "add", "--character=Mara", text).exits(0).out())
        .contains("already", id);
    assertThat(operator.runs("memories", "show", id).exits(0).out())
        .contains(text, "no turn says it")
        .doesNotContain("words");
    operator.runs("memories", "edit", id, "Alex plays the viola on Sundays").exits(0);
    assertThat(operator.runs("memories", "search", "--character=Mara", "who plays").exits(0).out())
        .contains("viola on Sundays");
    operator.runs("memories", "pin", id).exits(0);
    await().atMost(SOON).until(() -> json("memories", "show", id).path("kept").size() == 3);
    assertThat(operator.runs("memories", "unpin", id).exits(0).out()).contains(id);

    Path file = home.resolve("all.jsonl");
    operator.runs("export", "--out", file.toString()).exits(0);
    assertThat(operator.runs("import", "--in", file.toString(), "--dry-run").exits(0).out())
        .contains("1 memories to import");
    assertThat(json("import", "--in", file.toString(), "--yes").path("there").asInt()).isOne();
    operator.runs("memories", "delete", id, "--yes").exits(0);
    assertThat(json("import", "--in", file.toString(), "--yes").path("stored").asInt()).isOne();
    assertThat(
            of(
                    json("memories", "list", "--character=Mara").path("memories"),
                    "text",
                    "Alex plays the viola on Sundays")
                .path("kept"))
        .isNotEmpty();
  }

  private void writingIsPausedAndResumed() {
    assertThat(operator.runs("pause").exits(0).out()).contains("tavern-mem0 resume");
    await().atMost(SOON).until(() -> json("status"), it -> "operator".equals(pausedBy(it)));
    assertThat(operator.runs("status").exits(0).out()).contains("paused   by an operator");
    assertThat(operator.runs("resume").exits(0).out()).contains("Writing goes on");
    await().atMost(SOON).until(() -> json("status"), it -> pausedBy(it).isEmpty());
  }

  private void chatsArePublishedAgain() {
    String id = json("snapshot", "start", "--character=Mara").path("id").asString();
    await()
        .atMost(SOON)
        .until(() -> json("snapshot", "show", id).path("state").asString(), "completed"::equals);
    assertThat(operator.runs("snapshot", "list").exits(0).out())
        .containsPattern(id + " +completed");
    assertThat(operator.runs("snapshot", "cancel", id).exits(1).err())
        .contains("watcher says no: Conflict", "snapshot start");
    assertThat(operator.runs("snapshot", "show", "none").exits(1).err()).contains("snapshot list");
    assertThat(operator.runs("snapshot", "start", "--from=yesterday").exits(1).err())
        .contains("2025-12-28T09:00:00Z");
  }

  private void whatMem0HoldsIsCompared() {
    assertThat(operator.runs("sweep", "--start").exits(0).out()).contains("are being compared");
    await()
        .atMost(SOON)
        .until(
            () -> json("sweep"),
            it -> it.path("compared").asInt() > 0 && it.path("compared").equals(it.path("scopes")));
    assertThat(operator.runs("sweep").exits(0).out()).contains("as it should be");
  }

  private void nothingWasRefusedSoThereIsNothingToTryAgain() {
    assertThat(operator.runs("dead", "list").exits(0).out()).contains("refused nothing");
    assertThat(operator.runs("dead", "show", "none").exits(1).err())
        .contains("no dead letter 'none'", "dead list");
    assertThat(operator.runs("dead", "requeue").exits(0).out()).contains("0 batches");
    assertThat(json("requeue", "--fate=empty,dead", "--missing").path("batches").asInt()).isZero();
    assertThat(operator.runs("requeue", "--fate=written").exits(1).err())
        .contains("writer says no", "empty, dead");
  }

  private void memoriesOfADeletedChatAreDecided() throws IOException {
    assertThat(operator.runs("holds", "list").exits(0).out()).contains("No memories wait");
    JsonNode chat = chat("Captain+Teo");
    String file = chat.path("chat_file").asString();
    deletedFile = file(file);
    deleted = Files.readString(deletedFile);
    Files.delete(deletedFile);
    await().atMost(SOON).until(() -> !json("holds", "list").isEmpty());
    assertThat(operator.runs("holds", "list").exits(0).out()).contains("chat deleted", file);
    assertThat(operator.runs("status").exits(0).out()).contains("counts   1 held", "holds list");

    operator.answers("").runs("holds", "confirm", file).exits(1);
    assertThat(json("holds", "list")).hasSize(1);
    operator.answers("y").runs("holds", "confirm", file).exits(0);
    await().atMost(SOON).until(() -> json("holds", "list").isEmpty());
    await().atMost(SOON).until(() -> memoriesOf(chat) == 0);
    assertThat(operator.runs("holds", "discard", file).exits(1).err()).contains("on hold");
  }

  /** But for its first line; put in its place it is the chat that it was. */
  private void aDeletedChatIsHadBack() throws IOException {
    String name = deletedFile.getFileName().toString();
    JsonNode listed =
        of(json("rescue", "--list", "--character=Captain Teo").path("chats"), "chat_file", name);
    String id = listed.path("chat_id").asString();
    assertThat(listed.path("deleted_at").isString()).isTrue();
    assertThat(operator.runs("rescue", "--list").exits(0).out()).contains(name, id, "deleted 20");
    Path out = home.resolve("rescued.jsonl");

    assertThat(operator.runs("rescue", "--chat", id, "--out", out.toString()).exits(0).out())
        .contains(out + ": ", "first line is not in the log");

    assertThat(body(Files.readString(out))).isEqualTo(body(deleted));
    assertThat(operator.runs("rescue", "--chat", name, "--out", out.toString()).exits(1).err())
        .contains("--force");
    assertThat(operator.runs("rescue", "--chat=a:b", "--out=" + out, "--force").exits(1).err())
        .contains("rescue --list");
    Files.move(out, deletedFile);
    await()
        .atMost(SOON)
        .until(
            () -> of(json("rescue", "--list").path("chats"), "chat_id", id),
            it -> it.path("deleted_at").isNull());
  }

  private void aChatIsForgottenThoughSillyTavernHasItYet() {
    JsonNode chat = chat("Mara");
    String id = chat.path("chat_id").asString();
    assertThat(memoriesOf(chat)).isPositive();
    int memories = memoriesOf(chat);
    assertThat(operator.runs("forget", "--chat", id, "--dry-run").exits(0).out())
        .contains("turns of 1 chats", "nothing was forgotten", "backups");
    operator.answers("n").runs("forget", "--chat", id).exits(1);
    assertThat(memoriesOf(chat)).isEqualTo(memories);

    assertThat(operator.runs("forget", "--chat", id, "--yes", "--follow").exits(0).out())
        .contains("forgotten", "are erased", "Not reached");

    assertThat(memoriesOf(chat)).isZero();
    assertThat(operator.runs("turns", id).exits(0).out()).contains("forgotten");
    assertThat(operator.runs("rescue", "--list").exits(0).out()).doesNotContain(id);
    assertThat(operator.runs("verify").exits(0).out()).contains("They say the same.");
    assertThat(operator.runs("forget", "list").exits(0).out()).contains("forgotten");
  }

  private static String body(String file) {
    return file.substring(file.indexOf('\n'));
  }

  private Path file(String name) throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve("data/sample-chats"))) {
      return files.filter(it -> it.endsWith(name)).findFirst().orElseThrow();
    }
  }

  private int memoriesOf(JsonNode chat) {
    return (int)
        json("memories", "list", "--limit=1000")
            .path("memories")
            .valueStream()
            .filter(it -> it.path("source").path("chat_id").equals(chat.path("chat_id")))
            .count();
  }

  private JsonNode chat(String character) {
    return of(json("chats"), "agent_id", character);
  }

  private static JsonNode of(JsonNode all, String field, String value) {
    return all.valueStream()
        .filter(each -> each.path(field).asString().equals(value))
        .findFirst()
        .orElseThrow();
  }

  private static String pausedBy(JsonNode status) {
    return status.path("writer").path("status").path("paused_by").asString("");
  }

  private JsonNode json(String... command) {
    List<String> arguments = Stream.concat(Stream.of(command), Stream.of("--output=json")).toList();
    return operator.runs(arguments.toArray(String[]::new)).exits(0).json();
  }
}
