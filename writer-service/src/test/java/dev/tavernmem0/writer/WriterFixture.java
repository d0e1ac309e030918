package dev.tavernmem0.writer;

import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A mem0 that words memories differently each time, per test, beside {@link KafkaFixture}'s. */
abstract class WriterFixture extends KafkaFixture {
  FaultyMem0Server mem0;

  @BeforeEach
  void startMem0() {
    mem0 = FaultyMem0Server.builder().extractor(Extractor.paraphrasing()).start();
  }

  @AfterEach
  void stopMem0() {
    mem0.close();
  }

  Map<String, String> settings() {
    return WriterUnderTest.quick(KAFKA, mem0.url());
  }

  WriterUnderTest startWriter() {
    return WriterUnderTest.start(settings());
  }

  /** How many memories quote a text. */
  long memoriesOf(String text) {
    return mem0.memories().stream().filter(memory -> memory.text().contains(text)).count();
  }

  List<String> memoryTexts() {
    return mem0.memories().stream().map(StoredMemory::text).toList();
  }
}
