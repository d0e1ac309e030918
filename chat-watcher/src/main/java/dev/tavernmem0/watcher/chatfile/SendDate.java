package dev.tavernmem0.watcher.chatfile;

import java.math.BigDecimal;
import java.text.ParsePosition;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A {@code send_date} in every form that SillyTavern has used (ISO-8601 today, {@code June 19, 2023
 * 2:20pm}, {@code 2024-07-12@01h31m37s123ms}, {@code 2024-6-5 @14h 56m 50s 682ms}, milliseconds
 * since the epoch) and in those of chats that were imported or edited. What names no time zone is
 * in the local time of the browser that wrote it.
 *
 * <p>A number is seconds or milliseconds since the epoch by its magnitude: 10 digits are seconds
 * and 13 are milliseconds of the years 2001 to 2286; other numbers would be a guess. So would be a
 * day and a month between slashes, a date without a time, and anything before 1970 or after 9999.
 *
 * @param raw as the chat has it
 * @param instant null if the date cannot be read
 */
public record SendDate(String raw, @Nullable Instant instant) {
  /** Longer than any form, so that no form is tried on megabytes. */
  private static final int LONGEST = 128;

  private static final long END_OF_YEAR_9999 = 253_402_300_800L;

  private static final Pattern SPACES = Pattern.compile("[\\s\\u00a0\\u202f]+");
  private static final Pattern SECONDS = Pattern.compile("[1-9]\\d{9}(\\.\\d+)?");
  private static final Pattern MILLIS = Pattern.compile("[1-9]\\d{12}(\\.\\d+)?");

  /** How JavaScript ends a date: {@code (Central European Standard Time)}. */
  private static final Pattern ZONE_NAME = Pattern.compile(" \\([^()]*\\)$");

  private static final DateTimeFormatter ISO = iso('T');

  private static final List<DateTimeFormatter> FORMS =
      List.of(
          iso(' '),
          form(
              builder()
                  .appendPattern("uuuu-M-d[ ]'@'[ ]H'h'[ ]m'm'[ ]s's'[ ]")
                  .optionalStart()
                  .appendValue(ChronoField.MILLI_OF_SECOND, 1, 3, SignStyle.NOT_NEGATIVE)
                  .appendLiteral("ms")
                  .optionalEnd()),
          form("[MMMM][MMM] d, uuuu h:mm[:ss][ ]a"),
          form("uuuu/M/d[,] H:mm[:ss]"),
          form("uuuu年M月d日[ ]H:mm[:ss]"),
          form("d.M.uuuu[,] H:mm[:ss]"),
          form("EEE MMM d uuuu HH:mm:ss 'GMT'xx"),
          DateTimeFormatter.RFC_1123_DATE_TIME.withResolverStyle(ResolverStyle.STRICT));

  /** Reads a date; {@code zone} is the browser's, for the forms in local time. */
  static SendDate parse(String raw, ZoneId zone) {
    Instant instant = raw.length() > LONGEST ? null : instant(raw.strip(), zone);
    return new SendDate(raw, instant != null && isPlausible(instant) ? instant : null);
  }

  /**
   * Identity of the date for alignment: equal for equal instants in different forms, never 0 (0
   * stands for no date), negative if the date cannot be read.
   */
  long key() {
    return instant == null
        ? LineHash.of(raw) | Long.MIN_VALUE
        : Math.max(1, instant.toEpochMilli());
  }

  /** Whether a {@link #key()} is that of a date that cannot be read. */
  static boolean isUnreadable(long key) {
    return key < 0;
  }

  private static boolean isPlausible(Instant instant) {
    return instant.getEpochSecond() >= 0 && instant.getEpochSecond() < END_OF_YEAR_9999;
  }

  private static @Nullable Instant instant(String text, ZoneId zone) {
    try {
      if (hasTodaysForm(text)) {
        return Instant.parse(text);
      }
      Instant iso = instant(ISO, text, zone);
      return iso == null ? other(text, zone) : iso;
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  /** What nearly all dates look like, several in each line: {@code 2026-11-23T03:30:36.958Z}. */
  private static boolean hasTodaysForm(String text) {
    return text.length() >= 20 && text.charAt(10) == 'T' && text.endsWith("Z");
  }

  private static @Nullable Instant other(String text, ZoneId zone) {
    boolean seconds = SECONDS.matcher(text).matches();
    if (seconds || MILLIS.matcher(text).matches()) {
      return Instant.ofEpochMilli(new BigDecimal(text).movePointRight(seconds ? 3 : 0).longValue());
    }
    String tidy = ZONE_NAME.matcher(SPACES.matcher(text).replaceAll(" ")).replaceFirst("");
    for (DateTimeFormatter form : FORMS) {
      Instant instant = instant(form, tidy, zone);
      if (instant != null) {
        return instant;
      }
    }
    return null;
  }

  /** Null if the text has not this form; an exception if it has, and is no date. */
  private static @Nullable Instant instant(DateTimeFormatter form, String text, ZoneId zone) {
    ParsePosition end = new ParsePosition(0);
    if (form.parseUnresolved(text, end) == null || end.getIndex() < text.length()) {
      return null;
    }
    TemporalAccessor date = form.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
    return date instanceof OffsetDateTime offset
        ? offset.toInstant()
        : LocalDateTime.from(date).atZone(zone).toInstant();
  }

  private static DateTimeFormatter iso(char separator) {
    return form(
        builder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral(separator)
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .appendPattern("[XXX][X]"));
  }

  private static DateTimeFormatter form(String pattern) {
    return form(builder().appendPattern(pattern));
  }

  private static DateTimeFormatter form(DateTimeFormatterBuilder builder) {
    return builder.toFormatter(Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);
  }

  private static DateTimeFormatterBuilder builder() {
    return new DateTimeFormatterBuilder().parseCaseInsensitive();
  }
}
