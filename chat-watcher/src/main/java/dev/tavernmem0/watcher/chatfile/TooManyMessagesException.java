package dev.tavernmem0.watcher.chatfile;

/** A chat has more messages than fit into the memory. */
public final class TooManyMessagesException extends RuntimeException {
  TooManyMessagesException(long most) {
    super("more than " + most + " messages long, which do not fit into the memory (raise -Xmx)");
  }
}
