package dev.tavernmem0.retriever.select;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.identity.TurnHash;
import dev.tavernmem0.retriever.query.ChatMessage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The turns that the prompt already holds, known by their hashes. Immutable. */
public final class PromptTurns {
  private final Set<String> hashes;

  private PromptTurns(Set<String> hashes) {
    this.hashes = hashes;
  }

  public static PromptTurns of(List<ChatMessage> messages) {
    Set<String> hashes = new HashSet<>(messages.size() * 2);
    for (ChatMessage message : messages) {
      if (message.role() == Role.SYSTEM) {
        // A narrator's turn reaches the prompt as a system message.
        hashes.add(TurnHash.of(Role.NARRATOR, message.text()));
      }
      hashes.add(TurnHash.of(message.role(), message.text()));
    }
    return new PromptTurns(hashes);
  }

  /**
   * Whether all that the memory was made of can be read in the prompt. A memory of several turns of
   * which only some are there may tell of the others, so it counts as not there.
   */
  boolean hold(Provenance provenance) {
    return !provenance.turnHashes().isEmpty() && hashes.containsAll(provenance.turnHashes());
  }
}
