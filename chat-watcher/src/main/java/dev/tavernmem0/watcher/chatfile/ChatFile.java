package dev.tavernmem0.watcher.chatfile;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chat file as read from disk: where its messages are and what the diff needs of each. A
 * message's text is parsed again when it is asked for, so a large chat costs its bytes and no more.
 *
 * <p>Lines end at byte 0x0A only (U+2028 is written raw inside strings); CRLF, a byte order mark
 * and blank lines are tolerated; a line that is no message is skipped, counted, and listed if it is
 * among the first. Not thread-safe.
 */
public final class ChatFile {
  /** Bytes of <code>{"mes":1}</code>: a shorter line is no message, and no header either. */
  public static final int SHORTEST_MESSAGE = 9;

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  /** Bad lines that are listed: enough to see what is wrong, however many there are. */
  private static final int LISTED_BAD_LINES = 100;

  /**
   * A line becomes strings, JSON and a record, of up to some 25 bytes in all for each of its bytes;
   * a longer one must not take the process down.
   */
  private static final long LONGEST_LINE_IN_MEMORY = Runtime.getRuntime().maxMemory() / 32;

  /** Messages that were parsed are kept up to this many bytes of their lines. */
  private static final long MOST_KEPT = Runtime.getRuntime().maxMemory() / 64;

  private final byte[] bytes;
  private final ChatLimits limits;
  private final KnownLines known;
  private final ChatLineParser parser;
  private final List<Line> messages = new ArrayList<>();
  private final List<BadLine> badLines = new ArrayList<>();
  private ChatHeader header = ChatHeader.NONE;
  private int badLineCount;
  private int unreadableDates;
  private boolean lastLineBad;
  private long kept;

  /** {@code parsed} is null where the line was known, and beyond what is kept. */
  private record Line(
      int offset, LineMark mark, TurnContent content, @Nullable ChatMessage parsed) {}

  private ChatFile(byte[] bytes, ChatLimits limits, KnownLines known, ZoneId zone) {
    this.bytes = bytes;
    this.limits = limits;
    this.known = known;
    this.parser = new ChatLineParser(zone);
  }

  /**
   * Reads a chat.
   *
   * @param bytes the file; kept, must not change
   * @param length of the file; what is behind it is not looked at
   * @param known the lines that need no parsing
   * @param zone of the browser, for old dates in local time
   * @throws TooManyMessagesException if there are more than the limit
   */
  public static ChatFile read(
      byte[] bytes, int length, ChatLimits limits, KnownLines known, ZoneId zone) {
    ChatFile file = new ChatFile(bytes, limits, known, zone);
    int start = startsWithByteOrderMark(bytes, length) ? BYTE_ORDER_MARK.length : 0;
    for (int number = 1; start < length; number++) {
      start = file.addLineAt(start, number, length) + 1;
    }
    return file;
  }

  /** As {@link #read(byte[], int, ChatLimits, KnownLines, ZoneId)}, of a file of these bytes. */
  public static ChatFile read(byte[] bytes, int maxLineBytes, KnownLines known, ZoneId zone) {
    ChatLimits limits = new ChatLimits(maxLineBytes, Long.MAX_VALUE);
    return read(bytes, bytes.length, limits, known, zone);
  }

  public ChatHeader header() {
    return header;
  }

  /** Number of messages. */
  public int size() {
    return messages.size();
  }

  public TurnContent content(int message) {
    return messages.get(message).content();
  }

  /** What a message's line is known by. */
  public LineMark line(int message) {
    return messages.get(message).mark();
  }

  /** All messages' contents in order. */
  public List<TurnContent> contents() {
    return messages.stream().map(Line::content).toList();
  }

  /** The first bad lines. */
  public List<BadLine> badLines() {
    return List.copyOf(badLines);
  }

  /** How many bad lines there are. */
  public int badLineCount() {
    return badLineCount;
  }

  /** How many messages have a {@code send_date} that cannot be read. */
  public int unreadableDates() {
    return unreadableDates;
  }

  /** The last line is no message: the file may still be being written. */
  public boolean endsInBadLine() {
    return lastLineBad;
  }

  /** A message, parsed again if it is not kept. */
  public ChatMessage message(int message) {
    Line line = messages.get(message);
    if (line.parsed() != null) {
      return line.parsed();
    }
    if (parser.parse(bytes, line.offset(), line.mark().length())
        instanceof ChatLine.Message parsed) {
      return parsed.message();
    }
    throw new IllegalStateException("message " + message + " changed under the reader");
  }

  /** A message's line as SillyTavern wrote it; invalid UTF-8 becomes U+FFFD. */
  public String raw(int message) {
    Line line = messages.get(message);
    return new String(bytes, line.offset(), line.mark().length(), StandardCharsets.UTF_8);
  }

  /** Adds the line that starts here; returns where it ends. */
  private int addLineAt(int start, int number, int limit) {
    KnownLine before = known.at(messages.size());
    if (before != null && before.line().isAt(bytes, start, limit)) {
      lastLineBad = false;
      add(new Line(start, before.line(), before.content(), null));
      return start + before.line().length();
    }
    int end = LineEnd.next(bytes, start, limit);
    add(number, start, trimmedEnd(bytes, start, end) - start);
    return end;
  }

  private void add(int number, int start, int length) {
    if (length == 0) {
      return;
    }
    lastLineBad = false;
    if (length < SHORTEST_MESSAGE) {
      bad(number, "too short to be a message");
      return;
    }
    if (length > limits.lineBytes()) {
      bad(number, length + " bytes long, more than max.line.bytes (" + limits.lineBytes() + ")");
      return;
    }
    if (length > LONGEST_LINE_IN_MEMORY) {
      bad(number, length + " bytes long, more than fits into the memory (raise -Xmx)");
      return;
    }
    LineMark mark = LineMark.of(bytes, start, length);
    // The first line is the header, which no turn was seen on.
    TurnContent content = number == 1 ? null : known.content(messages.size(), mark);
    if (content != null) {
      add(new Line(start, mark, content, null));
      return;
    }
    ChatLine line = parser.parse(bytes, start, length);
    if (line instanceof ChatLine.Message message) {
      kept += length;
      ChatMessage parsed = message.message();
      add(new Line(start, mark, parsed.content(), kept <= MOST_KEPT ? parsed : null));
    } else if (line instanceof ChatLine.Bad bad) {
      bad(number, bad.reason());
    } else if (line instanceof ChatLine.Header first) {
      if (messages.isEmpty()) {
        header = first.header();
      } else {
        bad(number, "a header amid the messages");
      }
    }
  }

  private void add(Line message) {
    if (messages.size() == limits.messages()) {
      throw new TooManyMessagesException(limits.messages());
    }
    messages.add(message);
    if (SendDate.isUnreadable(message.content().date())) {
      unreadableDates++;
    }
  }

  private void bad(int number, String reason) {
    badLineCount++;
    if (badLines.size() < LISTED_BAD_LINES) {
      badLines.add(new BadLine(number, reason));
    }
    lastLineBad = true;
  }

  private static int trimmedEnd(byte[] bytes, int start, int end) {
    int trimmed = end;
    while (trimmed > start && (bytes[trimmed - 1] == '\r' || bytes[trimmed - 1] == ' ')) {
      trimmed--;
    }
    return trimmed;
  }

  private static boolean startsWithByteOrderMark(byte[] bytes, int length) {
    return length >= 3
        && bytes[0] == BYTE_ORDER_MARK[0]
        && bytes[1] == BYTE_ORDER_MARK[1]
        && bytes[2] == BYTE_ORDER_MARK[2];
  }
}
