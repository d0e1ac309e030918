package dev.tavernmem0.retriever.query;

/** A rung of the ladder. */
public enum Stage {
  /** The last user message as it is. */
  LAST_MESSAGE(1),
  /** The recent conversation and the question. */
  RECENT_CONTEXT(2),
  /** What a language model made of both. */
  REWRITE(3);

  private final int number;

  Stage(int number) {
    this.number = number;
  }

  /** 1, 2 or 3, as answers and metrics name it. */
  public int number() {
    return number;
  }
}
