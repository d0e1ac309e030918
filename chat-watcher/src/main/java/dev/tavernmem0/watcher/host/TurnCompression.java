package dev.tavernmem0.watcher.host;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How what is published is compressed. The log is kept for ever, and zstd makes it a third smaller
 * than lz4 for the same processor time ({@code bench compression}); but it is native code, which
 * unpacks itself into the temporary directory. Where it cannot, lz4 is Java as well.
 */
final class TurnCompression {
  private static final Logger LOG = LoggerFactory.getLogger(TurnCompression.class);

  private TurnCompression() {}

  /** Uses a compression once. */
  interface Attempt {
    void run() throws Exception;
  }

  /** The best that works here, as a producer's setting. */
  static String best() {
    return best(TurnCompression::compress);
  }

  static String best(Attempt zstd) {
    try {
      zstd.run();
      return CompressionType.ZSTD.name;
    } catch (Exception | LinkageError e) {
      LOG.warn(
          "zstd cannot be used here ({}): lz4 is. Its library unpacks itself into {}, which must"
              + " not be mounted noexec; readers of what others compressed with it need it too",
          e.toString(),
          System.getProperty("java.io.tmpdir"));
      return CompressionType.LZ4.name;
    }
  }

  private static void compress() throws Exception {
    try (var out =
        Compression.zstd()
            .build()
            .wrapForOutput(new ByteBufferOutputStream(64), RecordBatch.CURRENT_MAGIC_VALUE)) {
      out.write(0);
    }
  }
}
