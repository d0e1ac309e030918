package dev.tavernmem0.watcher.api;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.watcher.track.SnapshotSelection;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

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
  private static final ObjectReader READER =
      Json.MAPPER
          .readerFor(SnapshotRequest.class)
          .with(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /**
   * Reads a body.
   *
   * @throws RefusedException if it is not one
   */
  static SnapshotSelection read(InputStream body) throws IOException {
    byte[] bytes = body.readAllBytes();
    try {
      SnapshotRequest request = bytes.length == 0 ? null : READER.readValue(bytes);
      if (request == null) {
        throw RefusedException.malformed("body", "", "send {} for a snapshot of everything");
      }
      return request.selection();
    } catch (UnrecognizedPropertyException e) {
      throw RefusedException.invalidField(
          e.getPropertyName(), "unknown", "there is no such field; there are " + FIELDS);
    } catch (JacksonException e) {
      String field = field(e);
      throw field.isEmpty()
          ? RefusedException.malformed("body", "", "send a JSON object with " + FIELDS)
          : RefusedException.malformed(
              field,
              "of the wrong type",
              field.equals("from") || field.equals("to") ? DATE : "send a list of texts");
    }
  }

  private static final String DATE = "send a date and time with its zone: 2025-12-28T09:00:00Z";

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

  private static String field(JacksonException e) {
    return e.getPath().stream()
        .limit(1)
        .map(reference -> String.valueOf(reference.getPropertyName()))
        .collect(Collectors.joining());
  }
}
