package dev.tavernmem0.cli.operate;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A time as people give it: a date, with a time of day or without, in their own time zone unless
 * they name another. It means the end of what they name, so that a day is all of that day and a
 * time that is shown in seconds all of that second. A time that clocks have skipped is none.
 */
final class PointInTime {
  private static final Pattern FORM =
      Pattern.compile(
          "(?<date>\\d{4}-\\d\\d-\\d\\d)"
              + "([T ](?<minute>\\d\\d:\\d\\d)(?<second>:\\d\\d(?<fraction>\\.\\d{1,9})?)?"
              + "(?<zone>Z|[+-]\\d\\d:\\d\\d)?)?",
          Pattern.CASE_INSENSITIVE);

  private PointInTime() {}

  /** Null if it is none. */
  static @Nullable Instant parse(String text, ZoneId zone) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      return null;
    }
    try {
      LocalDate date = LocalDate.parse(form.group("date"));
      String minute = form.group("minute");
      String second = form.group("second");
      if (minute == null) {
        return endOf(date.plusDays(1).atStartOfDay(zone).toInstant());
      }
      LocalTime time = LocalTime.parse(minute + (second == null ? "" : second));
      String named = form.group("zone");
      ZoneId in = named == null ? zone : ZoneOffset.of(named.toUpperCase(Locale.ROOT));
      LocalDateTime local = LocalDateTime.of(date, time);
      if (in.getRules().getValidOffsets(local).isEmpty()) {
        return null;
      }
      // Where clocks are turned back it was twice that time: the later one ends what is named.
      Instant instant = local.atZone(in).withLaterOffsetAtOverlap().toInstant();
      if (form.group("fraction") != null) {
        return instant;
      }
      return endOf(instant.plus(1, second == null ? ChronoUnit.MINUTES : ChronoUnit.SECONDS));
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Instant endOf(Instant next) {
    return next.minusMillis(1);
  }
}
