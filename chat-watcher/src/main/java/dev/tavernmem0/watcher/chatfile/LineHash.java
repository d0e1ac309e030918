package dev.tavernmem0.watcher.chatfile;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * 64-bit checksum of a line's bytes: CRC-32 and CRC-32C side by side, which is a CRC of degree 64
 * (their polynomials have no common factor). Both run on CPU instructions, faster than the file can
 * be read. Not for adversarial input: a forged collision merely hides an edit from its own author.
 */
final class LineHash {
  private LineHash() {}

  static long of(byte[] bytes, int offset, int length) {
    CRC32 crc32 = new CRC32();
    crc32.update(bytes, offset, length);
    CRC32C crc32c = new CRC32C();
    crc32c.update(bytes, offset, length);
    return crc32.getValue() << 32 | crc32c.getValue();
  }

  static long of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return of(bytes, 0, bytes.length);
  }
}
