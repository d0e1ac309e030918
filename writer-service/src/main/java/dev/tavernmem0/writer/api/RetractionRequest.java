package dev.tavernmem0.writer.api;

import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.service.problem.StrictBody;
import dev.tavernmem0.writer.verify.Difference;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be taken back. A field that is not known is refused: it may be one that was meant to
 * narrow it.
 *
 * @param kinds of which differences between log and ledger: gone, wrong-scope, or both
 * @param chatIds of these chats only; of all if it is left out
 */
record RetractionRequest(
    @Nullable List<@Nullable String> kinds, @Nullable List<@Nullable String> chatIds) {

  private static final String FIX = "send one or both of gone and wrong-scope";
  private static final Set<Difference.Kind> POSSIBLE =
      EnumSet.of(Difference.Kind.GONE, Difference.Kind.WRONG_SCOPE);
  private static final StrictBody<RetractionRequest> BODY =
      new StrictBody<>(
          RetractionRequest.class, "kinds, chat_ids", "send a JSON object with kinds", Map.of());

  /**
   * Reads a body.
   *
   * @throws RefusedException if it is not one
   */
  static RetractionRequest read(InputStream body) throws IOException {
    return BODY.read(body);
  }

  /** The kinds; at least one. */
  Set<Difference.Kind> checkedKinds() {
    Set<Difference.Kind> selected = EnumSet.noneOf(Difference.Kind.class);
    for (String name : kinds == null ? List.<@Nullable String>of() : kinds) {
      selected.add(
          POSSIBLE.stream()
              .filter(kind -> kind.json().equals(name))
              .findFirst()
              .orElseThrow(() -> RefusedException.invalidField("kinds", name, FIX)));
    }
    if (selected.isEmpty()) {
      throw RefusedException.invalidField("kinds", kinds == null ? null : "", FIX);
    }
    return selected;
  }

  /** The chats; none for all. */
  Set<String> checkedChats() {
    Set<String> chats = new HashSet<>();
    for (String chatId : chatIds == null ? List.<@Nullable String>of() : chatIds) {
      if (chatId == null || chatId.isBlank()) {
        throw RefusedException.invalidField("chat_ids", chatId, "leave out what is empty");
      }
      chats.add(chatId);
    }
    if (chatIds != null && chats.isEmpty()) {
      throw RefusedException.invalidField("chat_ids", "", "leave it out for all chats");
    }
    return chats;
  }
}
