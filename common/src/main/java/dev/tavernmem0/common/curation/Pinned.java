package dev.tavernmem0.common.curation;

import dev.tavernmem0.common.identity.Scope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A memory stays, and goes before others.
 *
 * @param scope whose memory it is
 * @param memoryId mem0's id; a rewrite would give it another one
 * @param text what the memory says, by which it is known again
 * @param batchId the batch it came from; null if it was not the writer that stored it
 * @param turnIds the turns that the memory cites; may be empty
 * @param utterances the utterances that the memory cites; may be empty
 * @param tsMs when it was decided, milliseconds since the epoch
 */
public record Pinned(
    Scope scope,
    String memoryId,
    String text,
    @Nullable String batchId,
    List<String> turnIds,
    List<String> utterances,
    long tsMs)
    implements Curation {
  /** What was decided, as keys name it. */
  public static final String KIND = "pinned";

  public Pinned {
    text = WholeText.of(text);
    turnIds = turnIds == null ? List.of() : List.copyOf(turnIds);
    utterances = utterances == null ? List.of() : List.copyOf(utterances);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String id() {
    return memoryId;
  }

  @Override
  public CurationKey key() {
    return new CurationKey(scope, KIND, memoryId);
  }

  @Override
  public String toString() {
    return "Pinned[" + key() + "]";
  }
}
