package dev.tavernmem0.testkit.mem0;

/**
 * One call that mem0 made to its model.
 *
 * @param kind {@code facts} and {@code actions} (1.x), {@code memories} (2.x), {@code graph} (1.x)
 *     or {@code embedding}
 * @param said what it was about, without mem0's instructions and without what mem0 knew before
 */
public record ModelCall(String kind, String said) {

  /** Whether the language model was asked, and not the one that embeds. */
  public boolean isChat() {
    return !kind.equals("embedding");
  }

  /** Whether it asked what is worth remembering. */
  public boolean isExtraction() {
    return ModelRule.EXTRACTION.contains(kind);
  }
}
