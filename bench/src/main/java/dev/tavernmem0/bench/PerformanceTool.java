package dev.tavernmem0.bench;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code kafka-producer-perf-test}, in a JVM of its own.
 *
 * @param bootstrapServers the brokers
 * @param topic an existing topic
 */
record PerformanceTool(String bootstrapServers, String topic) {
  private static final Pattern SUMMARY =
      Pattern.compile("records sent, ([0-9.]+) records/sec \\(([0-9.]+) MB/sec\\)");
  private static final double MEBIBYTE = 1024 * 1024 / 1e6;

  /**
   * What it says at its end.
   *
   * @param recordsPerSecond over the whole run
   * @param megabytesPerSecond of the records' values
   */
  record Result(double recordsPerSecond, double megabytesPerSecond) {}

  /**
   * Sends as fast as it can, with the tool's own batching.
   *
   * @param values what it chooses from; without line breaks
   * @param records how many it sends
   * @param payloads a file for the values
   */
  Result send(List<byte[]> values, long records, Path payloads)
      throws IOException, InterruptedException {
    try (OutputStream out = Files.newOutputStream(payloads)) {
      for (byte[] value : values) {
        out.write(value);
        out.write('\n');
      }
    }
    Process tool =
        new ProcessBuilder(
                Jdk.program("java"),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                "org.apache.kafka.tools.ProducerPerformance",
                "--topic",
                topic,
                "--num-records",
                Long.toString(records),
                "--throughput",
                "-1",
                "--payload-file",
                payloads.toString(),
                "--producer-props",
                "bootstrap.servers=" + bootstrapServers,
                "acks=all",
                "enable.idempotence=true",
                "compression.type=lz4",
                "max.request.size=" + MaxRecordSize.BYTES)
            .redirectErrorStream(true)
            .start();
    String output;
    try (var reader = tool.inputReader()) {
      output = String.join("\n", reader.lines().toList());
    }
    if (tool.waitFor() != 0) {
      throw new IllegalStateException("the performance tool failed:\n" + output);
    }
    return last(output);
  }

  /** Its reports in between look like the last one. */
  private static Result last(String output) {
    Matcher matcher = SUMMARY.matcher(output);
    Result result = null;
    while (matcher.find()) {
      result =
          new Result(
              Double.parseDouble(matcher.group(1)),
              Double.parseDouble(matcher.group(2)) * MEBIBYTE);
    }
    if (result == null) {
      throw new IllegalStateException("the performance tool said nothing:\n" + output);
    }
    return result;
  }
}
