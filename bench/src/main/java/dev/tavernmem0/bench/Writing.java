package dev.tavernmem0.bench;

/** Where the text of generated chats comes from. Not thread-safe. */
interface Writing {
  /** English of about so many characters. */
  String english(int length);

  /** Chinese of about so many characters. */
  String chinese(int length);
}
