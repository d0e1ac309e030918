package dev.tavernmem0.common.identity;

/** Ids of what users write themselves, before mem0 has given it one of its own. */
public final class WrittenIds {
  private static final String PREFIX = "written-";

  private WrittenIds() {}

  /** Whether an id is of a text that mem0 has given none yet, as far as is known. */
  public static boolean isOne(String id) {
    return id.startsWith(PREFIX);
  }

  /** The id of a text that a user writes: the same for the same words in the same scope. */
  public static String of(Scope scope, String text) {
    return PREFIX + Digest.hex64("written", scope.userId(), scope.agentId(), text);
  }
}
