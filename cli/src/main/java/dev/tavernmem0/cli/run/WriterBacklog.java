package dev.tavernmem0.cli.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Asks a writer and the watcher how much is still to be written. */
final class WriterBacklog {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final State UNKNOWN = new State(false, 0, null, "", "", 0, 0, 0, 0, List.of());

  private final RestClient writer;
  private final RestClient watcher;

  /** {@code key} is that of the services; null if they have none. */
  WriterBacklog(int writerPort, int watcherPort, @Nullable String key) {
    JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory();
    requests.setReadTimeout(TIMEOUT);
    RestClient.Builder http = RestClient.builder().requestFactory(requests);
    if (key != null && !key.isBlank()) {
      http.defaultHeader("X-API-Key", key);
    }
    this.writer = http.clone().baseUrl("http://127.0.0.1:" + writerPort).build();
    this.watcher = http.clone().baseUrl("http://127.0.0.1:" + watcherPort).build();
  }

  /**
   * How it stands.
   *
   * @param known false as long as chats are being read, or the services do not answer
   * @param turns turns not written yet, those that nobody has read yet included
   * @param secondsLeft how long they will take; null if that cannot be said
   * @param pausedBy why nothing is written; empty if something is
   * @param trouble why the writer does not run; empty if it does, or is just starting
   * @param badLines lines of chats that are no messages
   * @param dead turns that mem0 refused for good
   * @param empty turns that mem0 found nothing to remember in
   * @param missing memories that mem0 does not hold any more
   * @param held chats that lost so much that a user has to decide what becomes of their memories
   */
  record State(
      boolean known,
      long turns,
      @Nullable Long secondsLeft,
      String pausedBy,
      String trouble,
      long badLines,
      long dead,
      long empty,
      long missing,
      List<HeldChat> held) {
    boolean done() {
      return known && turns == 0;
    }
  }

  /**
   * A chat whose memories wait for a decision.
   *
   * @param id of the decision
   * @param file the chat's
   * @param reason what happened to it
   * @param texts how many it lost
   */
  record HeldChat(String id, String file, String reason, long texts) {}

  State look() {
    try {
      Map<?, ?> watching = watcher.get().uri("/v1/status").retrieve().body(Map.class);
      Map<?, ?> writing = writer.get().uri("/v1/status").retrieve().body(Map.class);
      if (watching == null || writing == null) {
        return UNKNOWN;
      }
      boolean read =
          "RUNNING".equals(watching.get("engine")) && "done".equals(watching.get("snapshot"));
      boolean joined = "RUNNING".equals(writing.get("state"));
      // The writer learns of what the watcher has published a moment later, and shows it another.
      boolean caughtUp = recordsRead(writing.get("partitions")) >= number(watching, "events");
      long turns =
          number(writing, "lag")
              + number(writing, "pending_turns")
              + number(writing, "backlog_turns")
              + number(writing, "in_flight");
      Object pausedBy = writing.get("paused_by");
      return new State(
          read && joined && caughtUp && isLagKnown(writing.get("partitions")),
          turns,
          writing.get("seconds_left") instanceof Number left
              ? Long.valueOf(left.longValue())
              : null,
          pausedBy == null ? "" : pausedBy.toString(),
          trouble(writing),
          badLines(watching.get("bad_lines")),
          number(writing, "dead_turns"),
          number(writing, "empty_turns"),
          writing.get("sweep") instanceof Map<?, ?> sweep ? number(sweep, "missing_memories") : 0,
          held(writing.get("held")));
    } catch (RestClientException e) {
      return UNKNOWN;
    }
  }

  /** Up to where the log was read, in all partitions. */
  private static long recordsRead(@Nullable Object partitions) {
    long read = 0;
    if (partitions instanceof List<?> list) {
      for (Object partition : list) {
        read += partition instanceof Map<?, ?> fields ? Math.max(0, number(fields, "next")) : 0;
      }
    }
    return read;
  }

  /** A partition whose end the writer does not know yet says -1. */
  private static boolean isLagKnown(@Nullable Object partitions) {
    return !(partitions instanceof List<?> list)
        || list.stream()
            .allMatch(each -> each instanceof Map<?, ?> fields && number(fields, "lag") >= 0);
  }

  private static String trouble(Map<?, ?> writing) {
    Object error = writing.get("last_error");
    return "CONNECTING".equals(writing.get("state")) && error != null ? error.toString() : "";
  }

  private static List<HeldChat> held(@Nullable Object holds) {
    List<HeldChat> held = new ArrayList<>();
    if (holds instanceof List<?> list) {
      for (Object hold : list) {
        if (hold instanceof Map<?, ?> fields) {
          held.add(
              new HeldChat(
                  String.valueOf(fields.get("id")),
                  String.valueOf(fields.get("chat_file")),
                  String.valueOf(fields.get("reason")),
                  number(fields, "turns_gone")));
        }
      }
    }
    return held;
  }

  private static long badLines(@Nullable Object byFile) {
    return byFile instanceof Map<?, ?> files
        ? files.values().stream()
            .mapToLong(n -> n instanceof Number lines ? lines.longValue() : 0)
            .sum()
        : 0;
  }

  private static long number(Map<?, ?> status, String field) {
    return status.get(field) instanceof Number number ? number.longValue() : 0;
  }
}
