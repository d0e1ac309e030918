package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What mends differences, as it is begun. What one service refuses keeps nothing from the other.
 */
final class Repairs {
  /** A snapshot takes chats by name; more are a snapshot of everything. */
  static final int MOST_CHATS = 500;

  private static final int CHATS_OF_A_PAGE = 1000;
  private static final String FILE_GONE = "file-gone";
  private static final String GONE = "gone";
  private static final String WRONG_SCOPE = "wrong-scope";

  private final Services services;
  private final JsonNode files;
  private final JsonNode log;
  private final Set<String> kinds;
  private final UnaryOperator<String> next;
  private final Set<String> followedBy = new LinkedHashSet<>();
  private @Nullable String writerFailure;
  private @Nullable String watcherFailure;

  /**
   * What mends these differences.
   *
   * @param next a command of the writer's as it is to be given
   */
  Repairs(
      Services services,
      JsonNode files,
      JsonNode log,
      List<Finding> findings,
      UnaryOperator<String> next) {
    this.services = services;
    this.files = files;
    this.log = log;
    this.next = next;
    this.kinds = new HashSet<>(findings.stream().map(Finding::kind).toList());
  }

  /** The commands by which what was begun is followed. */
  Set<String> followedBy() {
    return followedBy;
  }

  /** Why the writer mends nothing, or not all; null if it does. */
  @Nullable String writerFailure() {
    return writerFailure;
  }

  /** Why the watcher publishes nothing, or not all; null if it does. */
  @Nullable String watcherFailure() {
    return watcherFailure;
  }

  /** Begins all that needs no decision. */
  void begin(Predicate<Repairs> mayPublishAll) {
    Set<String> published = publishedChats();
    try {
      publish(published, mayPublishAll);
      deleteChats();
    } catch (OperateException e) {
      watcherFailure = e.brief();
    }
    try {
      takeBack(published);
      replay();
      requeue();
      sweep();
    } catch (OperateException e) {
      writerFailure = e.brief();
    }
  }

  /**
   * Has memories deleted that nobody here wrote: those that the comparison has found. To be called
   * before {@link #begin}, whose sweep may find others.
   *
   * @param count as many as somebody has agreed to
   */
  void deleteStrangers(long count) {
    try {
      services.writer().post(RequestPath.of("/v1/sweep").with("delete_strangers", count));
      followedBy.add(next.apply("sweep"));
    } catch (OperateException e) {
      writerFailure = e.brief();
    }
  }

  /** What the ledger has and the log has not may be in the file: then it is to be said again. */
  private Set<String> publishedChats() {
    Set<String> chats = new LinkedHashSet<>(chats(files, kind -> !kind.equals(FILE_GONE)));
    Set<String> gone = new LinkedHashSet<>(chats(log, GONE::equals));
    if (!gone.isEmpty()) {
      gone.retainAll(tracked());
      chats.addAll(gone);
    }
    return chats;
  }

  /** The chats that the watcher knows; none if it does not answer. */
  private Set<String> tracked() {
    Set<String> chats = new HashSet<>();
    try {
      JsonNode after = null;
      do {
        JsonNode page =
            services
                .watcher()
                .get(
                    RequestPath.of("/v1/chats")
                        .with("limit", CHATS_OF_A_PAGE)
                        .with("after", after == null ? null : after.asString("")));
        page.path("chats").forEach(chat -> chats.add(chat.path("chat_id").asString("")));
        after = page.path("next");
      } while (after.isString());
    } catch (OperateException e) {
      watcherFailure = e.brief();
    }
    return chats;
  }

  private void publish(Set<String> chats, Predicate<Repairs> mayPublishAll) {
    if (chats.isEmpty()) {
      return;
    }
    ObjectNode body = Json.MAPPER.createObjectNode();
    if (chats.size() <= MOST_CHATS && tellsAll(files, kind -> !kind.equals(FILE_GONE))) {
      body.set("chats", Json.MAPPER.valueToTree(chats));
    } else if (!mayPublishAll.test(this)) {
      return;
    }
    JsonNode snapshot = services.watcher().post(RequestPath.of("/v1/snapshots"), body);
    followedBy.add("tavern-mem0 snapshot show " + snapshot.path("id").asString(""));
  }

  /** The user has not let all chats be published. */
  void publishesNotAll(String reason) {
    watcherFailure = reason;
  }

  private void deleteChats() {
    List<String> gone = chats(files, FILE_GONE::equals);
    if (!gone.isEmpty()) {
      ObjectNode body = Json.MAPPER.createObjectNode();
      body.set("chats", Json.MAPPER.valueToTree(gone));
      services.log().post(RequestPath.of("/v1/deletions"), body);
      followedBy.add(next.apply("holds list"));
    }
  }

  private void takeBack(Set<String> published) {
    if (kinds.contains(WRONG_SCOPE)) {
      takeBack(WRONG_SCOPE, List.of());
    }
    // What the watcher does not know no snapshot mends; but it has to have seen everything.
    boolean sawAll =
        watcherFailure == null
            && !files.path(Finding.FAILURE).isString()
            && files.path("not_compared").asLong(0) == 0;
    List<String> gone =
        !sawAll
            ? List.of()
            : chats(log, GONE::equals).stream().filter(chat -> !published.contains(chat)).toList();
    if (!gone.isEmpty()) {
      takeBack(GONE, gone);
    }
  }

  private void takeBack(String kind, List<String> chats) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.putArray("kinds").add(kind);
    if (!chats.isEmpty()) {
      body.set("chat_ids", Json.MAPPER.valueToTree(chats));
    }
    services.ledger().post(RequestPath.of("/v1/retractions"), body);
    followedBy.add(next.apply("holds list"));
  }

  private void replay() {
    if (kinds.contains("without-fate") || kinds.contains("stale")) {
      ObjectNode body = Json.MAPPER.createObjectNode().put("mode", "missing");
      body.putArray("fates").add("none");
      String id =
          services.writer().post(RequestPath.of("/v1/replays"), body).path("id").asString("");
      followedBy.add(next.apply("replay show " + id));
    }
  }

  private void requeue() {
    if (kinds.contains("missing")) {
      services.writer().post(RequestPath.of("/v1/requeues").with("missing", true));
      followedBy.add(next.apply("status"));
    }
  }

  private void sweep() {
    if (kinds.contains("left-over") || kinds.contains("unrecorded")) {
      services.writer().post(RequestPath.of("/v1/sweep"));
      followedBy.add(next.apply("sweep"));
    }
  }

  private static List<String> chats(JsonNode answer, Predicate<String> kinds) {
    return answer
        .path("differences")
        .valueStream()
        .filter(difference -> kinds.test(difference.path("kind").asString("")))
        .map(Finding::chat)
        .distinct()
        .toList();
  }

  /** Whether no chat is left out because there are so many. */
  private static boolean tellsAll(JsonNode answer, Predicate<String> kinds) {
    return answer.path("counts").properties().stream()
        .filter(count -> kinds.test(count.getKey()))
        .allMatch(count -> count.getValue().asLong(0) <= MOST_CHATS);
  }
}
