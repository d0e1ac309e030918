package dev.tavernmem0.common.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Short SHA-256 digests over a list of fields. */
final class Digest {
  private static final byte SEPARATOR = 0;

  private Digest() {}

  /**
   * First 64 bits of SHA-256 over the fields, each followed by a zero byte so that their borders
   * count, as 16 lower-case hex digits.
   */
  static String hex64(String... fields) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (String field : fields) {
        sha256.update(field.getBytes(StandardCharsets.UTF_8));
        sha256.update(SEPARATOR);
      }
      return HexFormat.of().formatHex(sha256.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
