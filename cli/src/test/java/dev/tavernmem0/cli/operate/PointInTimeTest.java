package dev.tavernmem0.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A time means the end of what it names. */
class PointInTimeTest {
  @ParameterizedTest
  @CsvSource({
    "2026-03-29, 2026-03-29T21:59:59.999Z",
    "2026-11-01, 2026-11-01T22:59:59.999Z",
    "2026-10-25 02:30, 2026-10-25T01:30:59.999Z",
    "2026-11-01T09:00, 2026-11-01T08:00:59.999Z",
    "2026-11-01 09:00:05, 2026-11-01T08:00:05.999Z",
    "2026-11-01 09:00:05.25, 2026-11-01T08:00:05.250Z",
    "2026-11-01T09:00Z, 2026-11-01T09:00:59.999Z",
    "2026-11-01t09:00:05z, 2026-11-01T09:00:05.999Z",
    "2026-11-01T09:00:05.123Z, 2026-11-01T09:00:05.123Z",
    "2026-11-01T09:00:05-08:00, 2026-11-01T17:00:05.999Z"
  })
  void in_the_zone_of_who_gives_it_unless_it_names_another(String text, Instant time) {
    assertThat(PointInTime.parse(text, ZoneId.of("Europe/Berlin"))).isEqualTo(time);
  }

  @Test
  void a_day_that_begins_an_hour_late_ends_where_the_next_one_begins() {
    assertThat(PointInTime.parse("2026-09-06", ZoneId.of("America/Santiago")))
        .isEqualTo("2026-09-07T02:59:59.999Z");
  }

  @Test
  void a_time_that_clocks_skip_is_none() {
    assertThat(PointInTime.parse("2026-03-29 02:30", ZoneId.of("Europe/Berlin"))).isNull();
  }
}
