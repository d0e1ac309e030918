package dev.tavernmem0.common.identity;

import dev.tavernmem0.common.event.Role;

/**
 * Hash of what a turn says: role and text, nothing else. Two turns with the same hash say the same,
 * whoever is named and whenever it was sent.
 */
public final class TurnHash {
  private TurnHash() {}

  /** 16 lower-case hex digits. */
  public static String of(Role role, String text) {
    return Digest.hex64(role.json(), text);
  }
}
