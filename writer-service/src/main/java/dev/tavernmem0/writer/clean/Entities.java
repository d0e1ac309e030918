package dev.tavernmem0.writer.clean;

import java.util.regex.Pattern;
import org.jsoup.parser.Parser;

/** Decodes HTML's entities, as often as they were encoded. */
final class Entities {
  /** The longest name that HTML has, with its signs. */
  private static final int LONGEST = 34;

  private static final Pattern NUMBER = Pattern.compile("&#(?:\\d{1,7}|[xX][0-9a-fA-F]{1,6});");
  private static final Pattern NAME = Pattern.compile("&[A-Za-z][A-Za-z0-9]*;");
  private static final Pattern NOT_A_CHARACTER = Pattern.compile("[\\x{FDD0}-\\x{FDEF}\\x{0}]");

  private Entities() {}

  static String decode(String text) {
    if (text.indexOf('&') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      out.append(text.charAt(i));
      boolean decoded = true;
      while (decoded && out.charAt(out.length() - 1) == ';') {
        decoded = decodeLast(out);
      }
    }
    return out.toString();
  }

  /** Decodes the entity that a text ends with. */
  private static boolean decodeLast(StringBuilder out) {
    int start = out.length() - 1;
    int farthest = Math.max(0, out.length() - LONGEST);
    while (start > farthest && out.charAt(start) != '&') {
      start--;
    }
    String entity = out.substring(start);
    String decoded = decoded(entity);
    if (decoded.equals(entity)) {
      return false;
    }
    out.setLength(start);
    out.append(decoded);
    return !out.isEmpty();
  }

  private static String decoded(String entity) {
    if (NUMBER.matcher(entity).matches()) {
      return NOT_A_CHARACTER.matcher(Parser.unescapeEntities(entity, true)).replaceAll("");
    }
    if (NAME.matcher(entity).matches()) {
      String name = entity.substring(1, entity.length() - 1);
      String known = org.jsoup.nodes.Entities.getByName(name);
      return known.isEmpty() ? entity : known;
    }
    return entity;
  }
}
