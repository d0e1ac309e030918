package dev.tavernmem0.watcher.rescue;

import dev.tavernmem0.common.event.TurnEvent;
import java.time.Instant;
import java.util.Optional;

/**
 * Rebuilds one chat as it was at a time. In memory are the lines that it had then, and nothing of
 * other chats. Not thread-safe.
 */
public final class ChatRescue implements TurnReader {
  /** How often it is looked whether that is too much, in parts of what may be held. */
  private static final int LOOKS = 4;

  private final String chatId;
  private final long mostBytes;
  private final ChatFolds<RescuedLine> chat;
  private long readBytes;

  /** The lines of the chat do not fit into the memory. */
  public static final class TooLargeException extends RuntimeException {
    TooLargeException(long mostBytes) {
      super("the chat's lines take more than " + mostBytes + " bytes");
    }
  }

  /**
   * A rescue.
   *
   * @param untilMs milliseconds since the epoch; later saves are as if they had not been
   * @param mostBytes of lines that may be in memory
   */
  public ChatRescue(String chatId, long untilMs, long mostBytes) {
    this.chatId = chatId;
    this.mostBytes = mostBytes;
    this.chat = new ChatFolds<>(() -> new ChatFold<>(untilMs, this::line));
  }

  @Override
  public boolean wants(String otherChatId) {
    return chatId.equals(otherChatId);
  }

  /**
   * Takes an event in.
   *
   * @throws TooLargeException if the chat takes more than may be held
   */
  @Override
  public void event(TurnEvent event) {
    chat.apply(event);
    if (readBytes > mostBytes / LOOKS) {
      readBytes = 0;
      if (heldBytes() > mostBytes) {
        throw new TooLargeException(mostBytes);
      }
    }
  }

  /** The chat; empty if the log had nothing of it at that time. */
  public Optional<RescuedChat> result() {
    return chat.current().map(RescuedChat::of);
  }

  /** Since when the log has the chat; empty if it never had. */
  public Optional<Instant> firstAt() {
    return chat.firstMs() == Long.MAX_VALUE
        ? Optional.empty()
        : Optional.of(Instant.ofEpochMilli(chat.firstMs()));
  }

  private RescuedLine line(TurnEvent event) {
    RescuedLine line = RescuedLine.of(event);
    readBytes += line.bytes().length;
    return line;
  }

  private long heldBytes() {
    return chat.all().stream()
        .flatMap(fold -> fold.turns().stream())
        .mapToLong(line -> line.bytes().length)
        .sum();
  }
}
