package dev.tavernmem0.watcher.api;

import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.service.problem.StrictBody;
import dev.tavernmem0.watcher.track.SnapshotSelection;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request for a snapshot. Stricter than what is read elsewhere: a field that is not
 * known may be one that was meant to narrow the snapshot, and without it everything is published.
 */
record SnapshotRequest(
    @Nullable List<@Nullable String> handles,
    @Nullable List<@Nullable String> characters,
    @Nullable List<@Nullable String> groups,
    @Nullable List<@Nullable String> chats,
    @Nullable String from,
    @Nullable String to) {

  private static final String FIELDS = "handles, characters, groups, chats, from, to";
  private static final String DATE = "send a date and time with its zone: 2025-12-28T09:00:00Z";
  private static final String TEXTS = "send a list of texts";
  private static final StrictBody<SnapshotRequest> BODY =
      new StrictBody<>(
          SnapshotRequest.class,
          FIELDS,
          "send {} for a snapshot of everything",
          Map.of(
              "handles",
              TEXTS,
              "characters",
              TEXTS,
              "groups",
              TEXTS,
              "chats",
              TEXTS,
              "from",
              DATE,
              "to",
              DATE));

  /**
   * Reads a body.
   *
   * @throws RefusedException if it is not one
   */
  static SnapshotSelection read(InputStream body) throws IOException {
    return BODY.read(body).selection();
  }

  private SnapshotSelection selection() {
    Instant start = instant("from", from);
    Instant end = instant("to", to);
    if (start != null && end != null && !start.isBefore(end)) {
      throw RefusedException.invalidField("to", to, "must be after from");
    }
    SnapshotSelection selection =
        new SnapshotSelection(
            texts("handles", handles),
            texts("characters", characters),
            texts("groups", groups),
            texts("chats", chats),
            start,
            end);
    if (!selection.isBounded()) {
      throw RefusedException.invalidField(
          "chats",
          "more than " + SnapshotSelection.MOST_CHARS + " characters",
          "select by handle or character instead of listing chats");
    }
    return selection;
  }

  private static List<String> texts(String field, @Nullable List<@Nullable String> texts) {
    if (texts == null) {
      return List.of();
    }
    for (String text : texts) {
      if (text == null || text.isBlank()) {
        throw RefusedException.invalidField(field, text, "leave out what is empty");
      }
    }
    return texts.stream().map(String::valueOf).toList();
  }

  private static @Nullable Instant instant(String field, @Nullable String text) {
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw RefusedException.invalidField(field, text, DATE);
    }
  }
}
