package dev.tavernmem0.common.json;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.exc.InvalidFormatException;

/**
 * What is wrong with the fields of a record that was read, for the message that refuses it. A value
 * is told only where it cannot be what somebody said: a number, a date, a length. Not thread-safe.
 */
public final class FieldProblems {
  /** Longest id or file name; many times what a file system takes. */
  static final int MAX_ID_LENGTH = 4096;

  /** What any reader of a date can hold; mem0's (Python's) is the narrowest. */
  private static final Instant FIRST_DATE = Instant.parse("0001-01-01T00:00:00Z");

  private static final Instant LAST_DATE = Instant.parse("9999-12-31T23:59:59.999999999Z");

  private static final Pattern NUMBER_OR_DATE = Pattern.compile("[-+.:0-9TZe]{1,40}");

  /** A list can have a million wrong elements; a few tell enough. */
  private static final int MOST = 10;

  private final List<String> problems = new ArrayList<>();

  /** The field has to be there. */
  public void required(String field, @Nullable Object value) {
    if (value == null) {
      add(field + " is missing");
    }
  }

  /** The field has to be there and hold what can be a key, a mem0 id or a file's name. */
  public void id(String field, @Nullable String value) {
    required(field, value);
    optionalId(field, value);
  }

  /** As {@link #id}, if the field is there. */
  public void optionalId(String field, @Nullable String value) {
    if (value == null) {
      return;
    }
    if (value.isEmpty()) {
      add(field + " is empty");
    } else if (value.length() > MAX_ID_LENGTH) {
      add("%s has %d characters, at most %d".formatted(field, value.length(), MAX_ID_LENGTH));
    } else if (value.indexOf('\0') >= 0) {
      add(field + " has U+0000 in it");
    } else if (hasLoneSurrogate(value)) {
      add(field + " has half a surrogate pair in it");
    }
  }

  /** A loop, since a stream for each of a ledger's ids takes a writer's start noticeable time. */
  private static boolean hasLoneSurrogate(String value) {
    int codePoint;
    for (int at = 0; at < value.length(); at += Character.charCount(codePoint)) {
      codePoint = value.codePointAt(at);
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        return true;
      }
    }
    return false;
  }

  /** The number has to be in a range. */
  public void range(String field, long value, long min, long max) {
    if (value < min || value > max) {
      add("%s is %d, not %d to %d".formatted(field, value, min, max));
    }
  }

  /** The date, if there is one, has to be of the years 1 to 9999. */
  public void date(String field, @Nullable Instant value) {
    if (value != null && (value.isBefore(FIRST_DATE) || value.isAfter(LAST_DATE))) {
      add(field + " is " + value + ", not of the years 1 to 9999");
    }
  }

  /** Anything else. */
  public void add(String problem) {
    if (problems.size() < MOST) {
      problems.add(problem);
    }
  }

  public boolean isEmpty() {
    return problems.isEmpty();
  }

  /** The first of them, in one line. */
  @Override
  public String toString() {
    return String.join(", ", problems);
  }

  /** What a failure to read a record at all says of it: kind, field and place. */
  public static String of(RuntimeException failure) {
    String kind = failure.getClass().getSimpleName();
    if (!(failure instanceof JacksonException json)) {
      return kind;
    }
    StringBuilder message = new StringBuilder(kind);
    String path = path(json);
    if (!path.isEmpty()) {
      message.append(" in ").append(path);
    }
    if (json instanceof InvalidFormatException format
        && NUMBER_OR_DATE.matcher(String.valueOf(format.getValue())).matches()) {
      message.append(", which is ").append(format.getValue());
    }
    TokenStreamLocation at = json.getLocation();
    if (at != null) {
      message.append(" at line ").append(at.getLineNr()).append(", column ");
      message.append(at.getColumnNr());
    }
    return message.toString();
  }

  /**
   * Where it failed; of names only those that are in our types, what others there are is skipped.
   */
  private static String path(JacksonException failure) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference step : failure.getPath()) {
      String name = step.getPropertyName();
      if (name != null) {
        path.append(path.isEmpty() ? "" : ".").append(name);
      } else if (step.getIndex() >= 0) {
        path.append('[').append(step.getIndex()).append(']');
      }
    }
    return path.toString();
  }
}
