package dev.tavernmem0.watcher.chatfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;

/** What holds for every file whatever its bytes are; the properties and the fuzzer check it. */
public final class ChatFileInvariants {
  private static final int MAX_LINE_BYTES = 1 << 24;
  private static final ZoneId ZONE = ZoneOffset.UTC;

  private ChatFileInvariants() {}

  /** Entry of the fuzzer, see {@link HostileFilesFuzzing}. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    check(bytes);
  }

  static void check(byte[] bytes) {
    ChatFile file = read(bytes);
    everyLineIsAccountedFor(bytes, file);
    for (BadLine bad : file.badLines()) {
      aReasonHoldsNoText(bad);
    }
    int unreadable = 0;
    for (int i = 0; i < file.size(); i++) {
      ChatMessage message = file.message(i);
      aMessageCanBePublished(message);
      itsLineIsThatMessageAgain(file, i, message);
      if (message.sendDate() != null && message.sendDate().instant() == null) {
        unreadable++;
      }
    }
    assertThat(file.unreadableDates()).isEqualTo(unreadable);
  }

  private static ChatFile read(byte[] bytes) {
    return ChatFile.read(bytes, MAX_LINE_BYTES, KnownLines.NONE, ZONE);
  }

  private static void everyLineIsAccountedFor(byte[] bytes, ChatFile file) {
    int lines = 0;
    int headers = 0;
    int start = 0;
    ChatLineParser parser = new ChatLineParser(ZONE);
    boolean messages = false;
    if (bytes.length >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB) {
      start = bytes[2] == (byte) 0xBF ? 3 : 0;
    }
    for (int i = start; i <= bytes.length; i++) {
      if (i == bytes.length || bytes[i] == '\n') {
        int end = i;
        while (end > start && (bytes[end - 1] == ' ' || bytes[end - 1] == '\r')) {
          end--;
        }
        if (end > start) {
          lines++;
          ChatLine line = parser.parse(bytes, start, end - start);
          messages |= line instanceof ChatLine.Message;
          headers += line instanceof ChatLine.Header && !messages ? 1 : 0;
        }
        start = i + 1;
      }
    }
    assertThat(file.size() + file.badLineCount() + headers).isEqualTo(lines);
    assertThat(file.badLines()).hasSize(Math.min(file.badLineCount(), 100));
  }

  private static void aReasonHoldsNoText(BadLine bad) {
    assertThat(bad.line()).isPositive();
    assertThat(bad.reason())
        .matches(
            "too short to be a message|no JSON( from column \\d+)?|no JSON object|more than one JSON object"
                + "|neither a message .*|a header amid the messages"
                + "|nested too deeply, .*");
  }

  private static void aMessageCanBePublished(ChatMessage message) {
    for (String text :
        List.of(message.text(), message.name(), message.avatar() == null ? "" : message.avatar())) {
      assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(text)).isTrue();
    }
    assertThat(message.swipe()).isNotNegative();
    assertThat(message.swipes()).isPositive();
  }

  private static void itsLineIsThatMessageAgain(ChatFile file, int index, ChatMessage message) {
    ChatFile again = read(file.raw(index).getBytes(StandardCharsets.UTF_8));
    assertThat(again.size()).isEqualTo(1);
    assertThat(again.message(0)).isEqualTo(message);
    assertThat(again.content(0)).isEqualTo(file.content(index));
  }
}
