package dev.tavernmem0.writer.api;

import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.service.problem.StrictBody;
import dev.tavernmem0.writer.replay.ReplayMode;
import dev.tavernmem0.writer.replay.ReplaySelection;
import dev.tavernmem0.writer.replay.ReplayedFate;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a replay is to be. A field that is not known is refused: it may be one that was meant to
 * narrow the replay, and without it everything is written again.
 *
 * @param handle of this SillyTavern user only
 * @param character of this character only: mem0's agent id, or the name that it was made of
 * @param group of this group only: its id
 * @param chatId of this chat only
 * @param from said at this time or later only
 * @param to said before this time only
 * @param fates of these only; by default all that the mode can write
 * @param mode missing or rewrite
 * @param dryRun counts only
 * @param rate most batches per minute
 * @param concurrency most batches at a time, of each writer
 */
record ReplayRequest(
    @Nullable String handle,
    @Nullable String character,
    @Nullable String group,
    @Nullable String chatId,
    @Nullable String from,
    @Nullable String to,
    @Nullable List<@Nullable String> fates,
    @Nullable String mode,
    @Nullable Boolean dryRun,
    @Nullable Integer rate,
    @Nullable Integer concurrency) {

  private static final int MOST_PER_MINUTE = 60_000;
  private static final int MOST_AT_A_TIME = 1_000;
  private static final String FIELDS =
      "handle, character, group, chat_id, from, to, fates, mode, dry_run, rate, concurrency";
  private static final String DATE = "send a date and time with its zone: 2025-12-28T09:00:00Z";
  private static final StrictBody<ReplayRequest> BODY =
      new StrictBody<>(ReplayRequest.class, FIELDS, "send a JSON object with mode", Map.of());

  /**
   * Reads a body.
   *
   * @throws RefusedException if it is not one
   */
  static ReplayRequest read(InputStream body) throws IOException {
    return BODY.read(body);
  }

  /** The mode. */
  ReplayMode checkedMode() {
    ReplayMode known = mode == null ? null : ReplayMode.of(mode);
    if (known == null) {
      throw RefusedException.invalidField("mode", mode, "send missing or rewrite");
    }
    return known;
  }

  /** Which turns. */
  ReplaySelection selection() {
    if (group != null && character != null) {
      throw RefusedException.invalidField(
          "group", group, "send either a group or a character: no chat is of both");
    }
    Instant start = instant("from", from);
    Instant end = instant("to", to);
    if (start != null && end != null && !start.isBefore(end)) {
      throw RefusedException.invalidField("to", to, "must be after from");
    }
    return new ReplaySelection(
        text("handle", handle),
        text("character", character),
        text("group", group),
        text("chat_id", chatId),
        start,
        end,
        selectedFates());
  }

  @Nullable Integer checkedRate() {
    return positive("rate", rate, MOST_PER_MINUTE);
  }

  @Nullable Integer checkedConcurrency() {
    return positive("concurrency", concurrency, MOST_AT_A_TIME);
  }

  boolean isDryRun() {
    return Boolean.TRUE.equals(dryRun);
  }

  private Set<ReplayedFate> selectedFates() {
    Set<ReplayedFate> possible = checkedMode().fates();
    if (fates == null) {
      return possible;
    }
    String fix =
        "take one or more of "
            + possible.stream().sorted().map(ReplayedFate::json).collect(Collectors.joining(", "));
    Set<ReplayedFate> selected = EnumSet.noneOf(ReplayedFate.class);
    for (String name : fates) {
      ReplayedFate fate = name == null ? null : ReplayedFate.of(name);
      if (fate == null || !possible.contains(fate)) {
        throw RefusedException.invalidField("fates", name, fix);
      }
      selected.add(fate);
    }
    if (selected.isEmpty()) {
      throw RefusedException.invalidField("fates", "", fix);
    }
    return selected;
  }

  private static @Nullable Integer positive(String field, @Nullable Integer value, int most) {
    if (value != null && (value < 1 || value > most)) {
      throw RefusedException.invalidField(field, value, "send a number from 1 to " + most);
    }
    return value;
  }

  private static @Nullable String text(String field, @Nullable String value) {
    if (value != null && value.isBlank()) {
      throw RefusedException.invalidField(field, value, "leave out what is empty");
    }
    return value;
  }

  private static @Nullable Instant instant(String field, @Nullable String text) {
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw RefusedException.invalidField(field, text, DATE);
    }
  }
}
