package dev.tavernmem0.watcher.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SendDateTest {
  private static final ZoneId PRAGUE = ZoneId.of("Europe/Prague");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2026-11-23T03:30:36.958Z        | 2026-11-23T03:30:36.958Z",
        "2026-11-23T03:30:36Z            | 2026-11-23T03:30:36Z",
        "2026-11-23T03:30:36.958+02:00   | 2026-11-23T01:30:36.958Z",
        "2026-07-23T03:30:36             | 2026-07-23T01:30:36Z",
        "June 19, 2023 2:20pm            | 2023-06-19T12:20:00Z",
        "january 9, 2024 12:05AM         | 2024-01-08T23:05:00Z",
        "December 28, 2025 12:00pm       | 2025-12-28T11:00:00Z",
        "2024-07-12@01h31m37s123ms       | 2024-07-11T23:31:37.123Z",
        "2024-07-12@01h31m37s            | 2024-07-11T23:31:37Z",
        "2024-6-5 @14h 56m 50s 682ms     | 2024-06-05T12:56:50.682Z",
        "1717592210682                   | 2024-06-05T12:56:50.682Z",
      })
  void every_format_that_sillytavern_has_used_is_read(String raw, Instant instant) {
    assertThat(SendDate.parse(raw, PRAGUE).instant()).isEqualTo(instant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yesterday",
        "June 31, 2023 25:00pm",
        "2024-13-45@99h99m99s",
        "2026-11-23T99:99:99Z",
        "1.7e12",
        "99999999999999999999",
        "💤"
      })
  void a_date_that_cannot_be_read_still_tells_messages_apart(String raw) {
    SendDate date = SendDate.parse(raw, PRAGUE);

    assertThat(date.instant()).isNull();
    assertThat(date.key()).isNotZero().isEqualTo(SendDate.parse(raw, PRAGUE).key());
    assertThat(date.key()).isNotEqualTo(SendDate.parse(raw + "!", PRAGUE).key());
  }

  @Test
  void equal_instants_in_different_formats_are_one_date() {
    assertThat(SendDate.parse("2024-6-5 @14h 56m 50s 682ms", PRAGUE).key())
        .isEqualTo(SendDate.parse("1717592210682", PRAGUE).key());
  }

  @Test
  void the_epoch_is_a_date_and_not_none() {
    assertThat(SendDate.parse("1970-01-01T00:00:00Z", PRAGUE).key()).isNotZero();
  }
}
