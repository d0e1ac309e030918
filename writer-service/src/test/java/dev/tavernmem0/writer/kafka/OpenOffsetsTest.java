package dev.tavernmem0.writer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How far may be committed. */
class OpenOffsetsTest {
  private final OpenOffsets offsets = new OpenOffsets();

  @Test
  void nothing_is_committed_before_anything_was_read() {
    assertThat(offsets.committable()).isEqualTo(-1);
  }

  @Test
  void everything_before_the_first_open_record_is() {
    for (long offset = 5; offset < 9; offset++) {
      offsets.opened(offset);
    }

    offsets.closed(List.of(5L, 7L));

    assertThat(offsets.committable()).isEqualTo(6);
    assertThat(offsets.size()).isEqualTo(2);
    offsets.closed(List.of(6L, 8L));
    assertThat(offsets.committable()).isEqualTo(9);
  }

  @Test
  void a_record_on_which_several_things_depend_is_open_until_the_last_of_them_is_done() {
    offsets.opened(5);
    offsets.owed(5);
    offsets.owed(5);

    offsets.closed(List.of(5L));
    offsets.closed(List.of(5L));
    assertThat(offsets.committable()).isEqualTo(5);

    offsets.closed(List.of(5L));
    assertThat(offsets.committable()).isEqualTo(6);
  }

  @Test
  void what_is_done_with_is_not_opened_by_what_comes_late() {
    offsets.opened(5);
    offsets.closed(List.of(5L, 5L));

    offsets.owed(5);

    assertThat(offsets.size()).isZero();
    assertThat(offsets.committable()).isEqualTo(6);
  }
}
