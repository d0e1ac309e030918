package dev.tavernmem0.writer.clean;

/** What becomes of remarks that players make as themselves: {@code ((brb))}, {@code (OOC: …)}. */
public enum OutOfCharacter {
  /** They are remembered like everything else. */
  KEEP,
  /** They are left out. */
  DROP
}
