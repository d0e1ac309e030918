package dev.tavernmem0.testkit.hostile;

import org.jspecify.annotations.Nullable;

/**
 * A record that nobody should write and anybody can.
 *
 * @param name what is odd about it
 * @param chatId the chat that it says it is of; no other hostile record has the same
 * @param key the record's key
 * @param value the record's value
 * @param refusal part of what its codec says; null if the codec takes it
 */
public record HostileRecord(
    String name,
    String chatId,
    byte @Nullable [] key,
    byte @Nullable [] value,
    @Nullable String refusal) {

  /** What a hostile record holds where chat text would be: no message may repeat it. */
  public static final String SECRET = "XYZZY-SECRET";

  @Override
  public String toString() {
    return name;
  }
}
