package dev.tavernmem0.writer.api;

import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.service.problem.StrictBody;
import dev.tavernmem0.writer.forget.ForgetSelection;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is to be forgotten. At least one of the first five fields has to be given.
 *
 * @param handle of this SillyTavern user only
 * @param character of this character only: mem0's agent id, or the name that it was made of
 * @param group of this group only: its id
 * @param chatId of this chat only
 * @param turnId this turn only
 * @param copies also the turns of other chats that say the same: branches, copies, imports
 * @param dryRun counts only
 */
record ForgetRequest(
    @Nullable String handle,
    @Nullable String character,
    @Nullable String group,
    @Nullable String chatId,
    @Nullable String turnId,
    @Nullable Boolean copies,
    @Nullable Boolean dryRun) {
  private static final String FIELDS =
      "handle, character, group, chat_id, turn_id, copies, dry_run";
  private static final StrictBody<ForgetRequest> BODY =
      new StrictBody<>(
          ForgetRequest.class,
          FIELDS,
          "send a JSON object that says what is to be forgotten",
          Map.of());

  /**
   * Reads a body.
   *
   * @throws RefusedException if it is not one
   */
  static ForgetRequest read(InputStream body) throws IOException {
    return BODY.read(body);
  }

  /** Which turns. */
  ForgetSelection selection() {
    if (Stream.of("", handle, character, group, chatId, turnId).filter(each -> each != null).count()
        == 1) {
      throw RefusedException.invalidField(
          "body",
          "nothing selected",
          "say what is to be forgotten: handle, character, group, chat_id or turn_id; there is no"
              + " way to forget everything by leaving all of them out");
    }
    if (group != null && character != null) {
      throw RefusedException.invalidField(
          "group", group, "send either a group or a character: no chat is of both");
    }
    return new ForgetSelection(
        text("handle", handle),
        text("character", character),
        text("group", group),
        text("chat_id", chatId),
        text("turn_id", turnId));
  }

  boolean withCopies() {
    return Boolean.TRUE.equals(copies);
  }

  boolean isDryRun() {
    return Boolean.TRUE.equals(dryRun);
  }

  private static @Nullable String text(String field, @Nullable String value) {
    if (value != null && value.isBlank()) {
      throw RefusedException.invalidField(field, value, "leave out what is empty");
    }
    return value;
  }
}
