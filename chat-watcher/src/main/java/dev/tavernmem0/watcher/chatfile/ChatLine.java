package dev.tavernmem0.watcher.chatfile;

/** What a line of a chat file is. */
sealed interface ChatLine {
  record Header(ChatHeader header) implements ChatLine {}

  record Message(ChatMessage message) implements ChatLine {}

  /** Not usable; {@code reason} never holds chat text. */
  record Bad(String reason) implements ChatLine {}
}
