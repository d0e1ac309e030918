package dev.tavernmem0.common.identity;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HexFormat;

/**
 * Turns SillyTavern's names into ids that mem0 takes: no whitespace, stable, and different for
 * different names.
 *
 * <p>Letters and digits of any script and {@code - . _} stay as they are, so ids remain readable in
 * every language; a space becomes {@code +}; everything else becomes {@code %XX} per UTF-8 byte, as
 * in HTML form encoding. Names are NFC-normalised first (a file name from macOS is the same name
 * elsewhere), so names that differ only in normalisation are one name.
 */
public final class Mem0Ids {
  private static final String GROUP_PREFIX = "group:";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private Mem0Ids() {}

  /** {@code user_id} of a SillyTavern user. */
  public static String user(String handle) {
    return encode(handle);
  }

  /** {@code agent_id} of a character, given its avatar file's stem. */
  public static String character(String avatarStem) {
    return encode(avatarStem);
  }

  /** {@code agent_id} of a group; {@code :} cannot occur in a character's id. */
  public static String group(String groupId) {
    return GROUP_PREFIX + encode(groupId);
  }

  /** Whether an {@code agent_id} is a group's. */
  public static boolean isGroup(String agentId) {
    return agentId.startsWith(GROUP_PREFIX);
  }

  /**
   * The name that an id was made of, for showing it to the user. An id that somebody else made
   * otherwise comes back as it is.
   */
  public static String name(String id) {
    StringBuilder name = new StringBuilder(id.length());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < id.length(); ) {
      char c = id.charAt(i);
      boolean unit = c == '%' && i + 1 < id.length() && id.charAt(i + 1) == 'u';
      int digits = i + (unit ? 2 : 1);
      int end = digits + (unit ? 4 : 2);
      if (c == '%' && (end > id.length() || !isHex(id, digits, end))) {
        return id;
      }
      if (c == '%' && !unit) {
        bytes.write(HexFormat.fromHexDigits(id, digits, end));
        i = end;
        continue;
      }
      name.append(bytes.toString(StandardCharsets.UTF_8));
      bytes.reset();
      if (unit) {
        name.append((char) HexFormat.fromHexDigits(id, digits, end));
        i = end;
      } else {
        name.append(c == '+' ? ' ' : c);
        i++;
      }
    }
    return name.append(bytes.toString(StandardCharsets.UTF_8)).toString();
  }

  private static boolean isHex(String text, int start, int end) {
    return text.substring(start, end).chars().allMatch(HexFormat::isHexDigit);
  }

  static String encode(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a mem0 id needs a name that is not empty");
    }
    String nfc = Normalizer.normalize(name, Normalizer.Form.NFC);
    StringBuilder id = new StringBuilder(nfc.length() + 8);
    nfc.codePoints().forEach(codePoint -> append(id, codePoint));
    return id.toString();
  }

  private static void append(StringBuilder id, int codePoint) {
    if (codePoint == ' ') {
      id.append('+');
    } else if (Character.isLetterOrDigit(codePoint)
        || isMark(codePoint)
        || codePoint == '-'
        || codePoint == '.'
        || codePoint == '_') {
      id.appendCodePoint(codePoint);
    } else if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
      // A lone surrogate has no UTF-8 form; its UTF-16 value keeps the id distinct.
      id.append("%u").append(HEX.toHexDigits((char) codePoint));
    } else {
      for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
        id.append('%').append(HEX.toHexDigits(b));
      }
    }
  }

  private static boolean isMark(int codePoint) {
    int type = Character.getType(codePoint);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
  }
}
