package dev.tavernmem0.watcher.api;

import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.service.problem.StrictBody;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The body of a request for deletions: each chat is named, so that nothing more is deleted. */
record DeletionRequest(@Nullable List<@Nullable String> chats) {
  private static final int MOST_CHATS = 10_000;
  private static final String FIX =
      "send the ids of chats that GET /v1/differences calls file-gone";
  private static final StrictBody<DeletionRequest> BODY =
      new StrictBody<>(
          DeletionRequest.class, "chats", FIX, Map.of("chats", "send a list of texts"));

  /**
   * Reads a body.
   *
   * @return the chats' ids
   * @throws RefusedException if it is not one
   */
  static Set<String> read(InputStream body) throws IOException {
    List<@Nullable String> chats = BODY.read(body).chats();
    if (chats == null || chats.isEmpty()) {
      throw RefusedException.invalidField("chats", chats == null ? null : "", FIX);
    }
    if (chats.size() > MOST_CHATS) {
      throw RefusedException.invalidField(
          "chats", chats.size() + " chats", "send " + MOST_CHATS + " at most");
    }
    Set<String> ids = new LinkedHashSet<>();
    for (String chat : chats) {
      if (chat == null || chat.isBlank()) {
        throw RefusedException.invalidField("chats", chat, "leave out what is empty");
      }
      ids.add(chat);
    }
    return ids;
  }
}
