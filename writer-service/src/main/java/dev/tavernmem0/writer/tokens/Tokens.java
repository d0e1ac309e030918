package dev.tavernmem0.writer.tokens;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.regex.Pattern;

/**
 * Counts tokens as an embedding model would, rather too many than too few: a request that is over
 * the model's limit is refused as a whole. OpenAI's models are counted with their own encoding.
 * What other models do worse is allowed for: many have a token for every character that is not
 * ASCII, or several, and one for every digit. Thread-safe.
 */
public final class Tokens {
  /**
   * The longest text that is encoded at once. The time that a run without spaces takes grows with
   * the square of its length.
   */
  private static final int PIECE = 256;

  /** What other models need more than OpenAI's for what both know, in percent. */
  private static final int MARGIN = 10;

  /** Halves of a token for characters of a script, where models have few tokens for it. */
  private static final int HALVES_OF_ASCII = 0;

  private static final int HALVES_OF_DIGIT = 2;
  private static final int HALVES_OF_ALPHABETS = 2;
  private static final int HALVES_OF_OTHERS = 3;
  private static final int HALVES_OF_RARE = 6;

  private static final int END_OF_ASCII = 0x80;

  /** Behind Latin, Greek, Cyrillic, Armenian, Hebrew and Arabic. */
  private static final int END_OF_ALPHABETS = 0x700;

  private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

  private static final Encoding ENCODING =
      Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.CL100K_BASE);

  private Tokens() {}

  /** How many tokens a text has at most, in the models that we know of. */
  public static int count(String text) {
    long tokens = 0;
    for (int from = 0; from < text.length(); ) {
      int to = endOfPiece(text, from);
      boolean amidRun = to < text.length() && !Character.isWhitespace(text.charAt(to));
      String piece = text.substring(from, to);
      // A cut through a run can spare the encoder a token.
      tokens += Math.max(encoded(piece) + (amidRun ? 1 : 0), byScript(piece));
      from = to;
    }
    return (int) Math.min(Integer.MAX_VALUE, (tokens * (100 + MARGIN) + 99) / 100);
  }

  private static int encoded(String piece) {
    // Halves of surrogate pairs have no UTF-8 form: the encoder throws on them.
    return ENCODING.countTokensOrdinary(LONE_SURROGATE.matcher(piece).replaceAll("\uFFFD"));
  }

  /** In front of a space, where the encoding has a border as well; if there is none, anywhere. */
  private static int endOfPiece(String text, int from) {
    int limit = from + PIECE;
    if (limit >= text.length()) {
      return text.length();
    }
    for (int i = limit; i > from; i--) {
      if (Character.isWhitespace(text.charAt(i)) && !Character.isWhitespace(text.charAt(i - 1))) {
        return i;
      }
    }
    return Character.isLowSurrogate(text.charAt(limit)) ? limit - 1 : limit;
  }

  private static int byScript(String piece) {
    int halves = 0;
    for (int i = 0; i < piece.length(); ) {
      int codePoint = piece.codePointAt(i);
      halves += halves(codePoint);
      i += Character.charCount(codePoint);
    }
    return (halves + 1) / 2;
  }

  private static int halves(int codePoint) {
    if (codePoint < END_OF_ASCII) {
      return codePoint >= '0' && codePoint <= '9' ? HALVES_OF_DIGIT : HALVES_OF_ASCII;
    }
    if (codePoint < END_OF_ALPHABETS) {
      return HALVES_OF_ALPHABETS;
    }
    return Character.isSupplementaryCodePoint(codePoint) ? HALVES_OF_RARE : HALVES_OF_OTHERS;
  }
}
