package dev.tavernmem0.watcher.chatfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
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
        "2024-6-5 @14h 56m 50s 8ms       | 2024-06-05T12:56:50.008Z",
        "1717592210682                   | 2024-06-05T12:56:50.682Z",
      })
  void every_form_that_sillytavern_has_used_is_read(String raw, Instant instant) {
    assertThat(SendDate.parse(raw, PRAGUE).instant()).isEqualTo(instant);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1700000000                                    | 2023-11-14T22:13:20Z",
        "1700000000.123                                | 2023-11-14T22:13:20.123Z",
        "1700000000123.7                               | 2023-11-14T22:13:20.123Z",
        "2023-11-14T22:13:20+00:00                     | 2023-11-14T22:13:20Z",
        "2023-11-14T22:13:20+0100                      | 2023-11-14T21:13:20Z",
        "2023-11-14T22:13:20.123456789-05              | 2023-11-15T03:13:20.123456789Z",
        "2023-11-14T22:13                              | 2023-11-14T21:13:00Z",
        "2023-11-14 22:13:20                           | 2023-11-14T21:13:20Z",
        "2023-11-14 22:13:20.123                       | 2023-11-14T21:13:20.123Z",
        "2023-11-14 22:13:20+00:00                     | 2023-11-14T22:13:20Z",
        "2023-11-14 22:13:20.123456+00:00              | 2023-11-14T22:13:20.123456Z",
        "14.11.2023 22:13                              | 2023-11-14T21:13:00Z",
        "14.11.2023, 22:13:20                          | 2023-11-14T21:13:20Z",
        "November 14, 2023 10:13 PM                    | 2023-11-14T21:13:00Z",
        "November 14, 2023 10:13\u202fPM               | 2023-11-14T21:13:00Z",
        "Nov 14, 2023 10:13:20 am                      | 2023-11-14T09:13:20Z",
        "2023年11月14日 22:13                           | 2023-11-14T21:13:00Z",
        "2023/11/14 22:13:20                           | 2023-11-14T21:13:20Z",
        "Tue Nov 14 2023 22:13:20 GMT+0000             | 2023-11-14T22:13:20Z",
        "Tue Nov 14 2023 22:13:20 GMT+0100 (Central European Standard Time)"
            + "                                        | 2023-11-14T21:13:20Z",
        "Tue, 14 Nov 2023 22:13:20 GMT                 | 2023-11-14T22:13:20Z",
        "Tue, 14 Nov 2023 22:13:20 +0100               | 2023-11-14T21:13:20Z",
      })
  void forms_of_imported_and_edited_chats_are_read(String raw, Instant instant) {
    assertThat(SendDate.parse(raw, PRAGUE).instant()).isEqualTo(instant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "04/05/2023 10:13",
        "14/11/2023 22:13",
        "11/14/2023, 10:13:20 PM",
        "2023-11-14",
        "22:13:20",
        "0",
        "-1",
        "-1700000000",
        "1",
        "170000000",
        "17000000000",
        "170000000000",
        "17000000000000",
        "20231114221320",
        "9999999999999999",
        "1.7e12",
        "1e99999999999",
        "99999999999999999999",
        "1969-12-31T23:59:59Z",
        "-0001-01-01T00:00:00Z",
        "+10000-01-01T00:00:00Z",
        "+1000000000-01-01T00:00:00Z",
        "-999999999-01-01T00:00:00Z",
      })
  void what_could_mean_several_things_or_nothing_is_no_date(String raw) {
    assertThat(SendDate.parse(raw, PRAGUE).instant()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yesterday",
        "June 31, 2023 25:00pm",
        "June 31, 2023 5:00pm",
        "Mon Nov 14 2023 22:13:20 GMT+0000",
        "2024-13-45@99h99m99s",
        "2024-7-12 @25h 61m 99s 123ms",
        "2023-02-30T10:00:00.000Z",
        "2026-11-23T99:99:99Z",
        "+1000000000-01-01T00:00:00Z",
        "1.7e12",
        "NaN",
        "Invalid date",
        "99999999999999999999",
        "💤"
      })
  void a_date_that_cannot_be_read_still_tells_messages_apart(String raw) {
    SendDate date = SendDate.parse(raw, PRAGUE);

    assertThat(date.instant()).isNull();
    assertThat(date.key()).isNotZero().isEqualTo(SendDate.parse(raw, PRAGUE).key());
    assertThat(date.key()).isNotEqualTo(SendDate.parse(raw + "!", PRAGUE).key());
    assertThat(SendDate.isUnreadable(date.key())).isTrue();
  }

  @Test
  void equal_instants_in_different_forms_are_one_date() {
    assertThat(SendDate.parse("2024-6-5 @14h 56m 50s 682ms", PRAGUE).key())
        .isEqualTo(SendDate.parse("1717592210682", PRAGUE).key());
  }

  @Test
  void the_first_and_the_last_second_are_dates() {
    SendDate first = SendDate.parse("1970-01-01T00:00:00Z", PRAGUE);
    SendDate last = SendDate.parse("9999-12-31T23:59:59.999Z", PRAGUE);

    assertThat(first.instant()).isEqualTo(Instant.EPOCH);
    assertThat(last.instant()).isNotNull();
    assertThat(first.key()).isPositive();
    assertThat(last.key()).isPositive();
  }

  @Test
  void the_epoch_in_a_zone_that_is_ahead_is_before_the_first_second() {
    assertThat(SendDate.parse("1970-01-01T00:00:00", PRAGUE).instant()).isNull();
    assertThat(SendDate.parse("1970-01-01T00:00:00", ZoneOffset.UTC).instant()).isNotNull();
  }
}
