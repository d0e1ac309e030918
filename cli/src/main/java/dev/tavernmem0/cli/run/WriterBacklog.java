package dev.tavernmem0.cli.run;

import java.util.Map;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Asks the writer and the watcher how much is still to be written. */
final class WriterBacklog {
  private final RestClient writer;
  private final RestClient watcher;

  WriterBacklog(RunOptions.ListenPorts ports) {
    RestClient.Builder http =
        RestClient.builder().requestFactory(new JdkClientHttpRequestFactory());
    this.writer = http.clone().baseUrl("http://127.0.0.1:" + ports.writer()).build();
    this.watcher = http.clone().baseUrl("http://127.0.0.1:" + ports.watcher()).build();
  }

  /**
   * How it stands.
   *
   * @param known false as long as the services cannot tell
   * @param turns turns not written yet, those that nobody has read yet included
   * @param pausedBy why nothing is written; empty if something is
   */
  record State(boolean known, long turns, String pausedBy) {
    boolean done() {
      return known && turns == 0;
    }
  }

  State look() {
    try {
      Map<?, ?> watching = watcher.get().uri("/v1/status").retrieve().body(Map.class);
      Map<?, ?> writing = writer.get().uri("/v1/status").retrieve().body(Map.class);
      if (watching == null || writing == null) {
        return new State(false, 0, "");
      }
      boolean read =
          "RUNNING".equals(watching.get("engine")) && "done".equals(watching.get("snapshot"));
      boolean joined = "RUNNING".equals(writing.get("state"));
      long turns =
          number(writing, "lag") + number(writing, "pending_turns") + number(writing, "in_flight");
      Object pausedBy = writing.get("paused_by");
      return new State(read && joined, turns, pausedBy == null ? "" : pausedBy.toString());
    } catch (RestClientException e) {
      return new State(false, 0, "");
    }
  }

  private static long number(Map<?, ?> status, String field) {
    return status.get(field) instanceof Number number ? number.longValue() : 0;
  }
}
