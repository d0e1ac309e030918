package dev.tavernmem0.watcher.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class TurnCompressionTest {
  @Test
  void what_makes_the_log_smallest_is_used_where_it_can_be() {
    assertThat(TurnCompression.best()).isEqualTo("zstd");
  }

  @Test
  void where_its_library_cannot_be_unpacked_or_linked_another_is_used() {
    assertThat(
            TurnCompression.best(
                () -> {
                  throw new UnsatisfiedLinkError("noexec");
                }))
        .isEqualTo("lz4");
    assertThat(
            TurnCompression.best(
                () -> {
                  throw new IOException("no space left");
                }))
        .isEqualTo("lz4");
  }
}
