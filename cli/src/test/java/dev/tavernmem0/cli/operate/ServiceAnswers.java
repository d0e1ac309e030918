package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.writer.consume.CallsPerHundredTurns;
import dev.tavernmem0.writer.consume.ChatSummary;
import dev.tavernmem0.writer.consume.DeadBatch;
import dev.tavernmem0.writer.consume.Hold;
import dev.tavernmem0.writer.consume.StoppedOperation;
import dev.tavernmem0.writer.consume.SweepFinding;
import dev.tavernmem0.writer.consume.SweepStatus;
import dev.tavernmem0.writer.consume.UnendedSnapshot;
import dev.tavernmem0.writer.consume.WriterStatus;
import dev.tavernmem0.writer.scope.TurnFate;
import dev.tavernmem0.writer.sweep.MissingMemories;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers as the services give them: the writer's of its records, the others' as they were seen.
 */
public final class ServiceAnswers {
  static final Instant THEN = Instant.parse("2026-11-27T09:00:00Z");
  static final String CHAT = "default-user:0b1c";

  public static final String UP = "{\"status\":\"UP\"}";

  public static final String RETRIEVER_UP =
      """
      {"status":"UP","components":{
        "ledger":{"status":"UP","details":{"ledger":"following"}},
        "mem0":{"status":"UP","details":{"mem0":"enabled","circuit":"CLOSED","degraded":"no",
          "ledger":"following","generation":"v2","rewrite":"not configured"}}}}""";

  public static final String WATCHER =
      """
      {"engine":"RUNNING","last_error":null,"data_root":"/st","snapshot":"done","events":214,
       "last_event_at":null,"bad_lines":{}}""";

  static final String MEMORY =
      """
      {"id":"m1","text":"Alex's cat is called Biscuit","score":null,"stage":null,"agent_id":"Mara",
       "source":{"chat_id":"default-user:0b1c","chat_file":"Mara.jsonl","turn_ids":["t1","t2"],
         "sent_at":"2026-11-27T09:00:00Z"},
       "created_at":"2026-11-27T09:00:01Z","updated_at":null}""";

  static final String REPLAY =
      """
      {"id":"r1","state":"completed","mode":"rewrite","created_at":"2026-11-27T09:00:00Z",
       "chats":1,"batches":2,"turns":40,"model_calls":2,"tokens":1200,"done_batches":2,
       "done_turns":40,"failed_turns":3,"held_turns":0,"batches_per_minute":12.5,
       "seconds_left":0,"error":null}""";

  static final String SNAPSHOT =
      """
      {"id":"s1","type":"incremental","state":"running","selection":{"handles":["default-user"]},
       "chats_total":5,"chats_done":2,"turns":120,"requested_at":"2026-11-27T09:00:00Z",
       "started_at":"2026-11-27T09:00:00Z","ended_at":null,"turns_per_second":40.5,
       "seconds_left":3}""";

  private ServiceAnswers() {}

  static ChatSummary chat() {
    return new ChatSummary(
        CHAT, "Mara.jsonl", "default-user", "Mara", Map.of(Fate.WRITTEN, 12, Fate.SKIPPED, 1), 7);
  }

  static TurnFate turn(String id, Fate fate, @Nullable String reason, boolean gone) {
    return new TurnFate(CHAT, id, "h", 3, gone, fate, reason, "b1", List.of("m1", "m2"));
  }

  static Hold hold() {
    return new Hold("h1", CHAT, "Mara.jsonl", "chat deleted", THEN, 2, 34, 9);
  }

  static DeadBatch dead() {
    return new DeadBatch("b1", CHAT, "Mara.jsonl", "400 provider_bad_request", THEN, 2, 3);
  }

  static SweepStatus sweep() {
    return new SweepStatus(
        true,
        4,
        3,
        THEN,
        2,
        1,
        5,
        0,
        0,
        6,
        7,
        null,
        List.of(
            new SweepFinding(
                "default-user",
                "Mara",
                THEN,
                List.of(new MissingMemories("b1", List.of("m1", "m2"))),
                5,
                0,
                0,
                0)));
  }

  /** All is well and done. */
  public static WriterStatus writer() {
    return writer(null, null, 0);
  }

  /** With as many of everything that an operator has to know of. */
  public static WriterStatus writer(
      @Nullable String pausedBy, @Nullable String lastError, int ofEach) {
    return new WriterStatus(
        WriterStatus.State.RUNNING,
        pausedBy,
        lastError,
        "as_said",
        5,
        2,
        40,
        34_000,
        7_300_000,
        1,
        7,
        12.5,
        240L,
        new CallsPerHundredTurns(13.24, null),
        ofEach,
        ofEach,
        ofEach,
        ofEach,
        List.of(),
        ofEach == 0 ? List.of() : List.of(new UnendedSnapshot(CHAT, 3, THEN)),
        ofEach == 0
            ? List.of()
            : List.of(new StoppedOperation("replay", "r1", "the model finds nothing")),
        ofEach,
        ofEach,
        ofEach == 0
            ? new SweepStatus(true, 4, 4, THEN, 0, 0, 0, 0, 0, 0, 0, null, List.of())
            : sweep(),
        List.of());
  }
}
