package dev.tavernmem0.watcher.diff;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SillyTavern's {@code send_date} in every format it has used: ISO-8601 (today), {@code June 19,
 * 2023 2:20pm}, {@code 2024-07-12@01h31m37s123ms}, {@code 2024-6-5 @14h 56m 50s 682ms}, and
 * milliseconds since the epoch as number or string. All but the first and the last are in the local
 * time of the browser that wrote them.
 *
 * @param raw as the chat has it
 * @param instant null if the date cannot be read
 */
public record SendDate(String raw, @Nullable Instant instant) {
  private static final Pattern EPOCH_MILLIS = Pattern.compile("\\d{10,15}");
  private static final Pattern HUMANIZED =
      Pattern.compile(
          "(\\d{4})-(\\d{1,2})-(\\d{1,2})\\s*@\\s*(\\d{1,2})h\\s*(\\d{1,2})m\\s*(\\d{1,2})s"
              + "\\s*(?:(\\d{1,3})ms)?");
  private static final DateTimeFormatter ENGLISH =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .appendPattern("MMMM d, yyyy h:mma")
          .toFormatter(Locale.ENGLISH);

  /** Reads a date; {@code zone} is the browser's, for the formats in local time. */
  static SendDate parse(String raw, ZoneId zone) {
    return new SendDate(raw, instant(raw.strip(), zone));
  }

  /**
   * Identity of the date for alignment: equal for equal instants in different formats, never 0 (0
   * stands for no date).
   */
  long key() {
    long key = instant != null ? instant.toEpochMilli() : LineHash.of(raw);
    return key == 0 ? 1 : key;
  }

  private static @Nullable Instant instant(String text, ZoneId zone) {
    try {
      if (EPOCH_MILLIS.matcher(text).matches()) {
        return Instant.ofEpochMilli(Long.parseLong(text));
      }
      Matcher humanized = HUMANIZED.matcher(text);
      if (humanized.matches()) {
        int millis = humanized.group(7) == null ? 0 : Integer.parseInt(humanized.group(7));
        return LocalDateTime.of(
                number(humanized, 1),
                number(humanized, 2),
                number(humanized, 3),
                number(humanized, 4),
                number(humanized, 5),
                number(humanized, 6),
                millis * 1_000_000)
            .atZone(zone)
            .toInstant();
      }
      if (!text.isEmpty() && Character.isLetter(text.charAt(0))) {
        return LocalDateTime.parse(text, ENGLISH).atZone(zone).toInstant();
      }
      return text.endsWith("Z") ? Instant.parse(text) : local(text, zone);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Instant local(String text, ZoneId zone) {
    return DateTimeFormatter.ISO_DATE_TIME.parseBest(
                text, OffsetDateTime::from, LocalDateTime::from)
            instanceof OffsetDateTime offset
        ? offset.toInstant()
        : LocalDateTime.parse(text).atZone(zone).toInstant();
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }
}
