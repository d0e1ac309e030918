package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.cli.operate.Messages;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Whether the services' clocks and this machine's agree: what is settled, and what is recent, is
 * told by them.
 */
final class ClockCheck implements Check {
  private static final String SUBJECT = "clock";
  private static final Duration MOST = Duration.ofSeconds(5);

  private final Looks looks;
  private final Messages messages;

  ClockCheck(Looks looks, Messages messages) {
    this.looks = looks;
    this.messages = messages;
  }

  @Override
  public List<Finding> findings() {
    return looks.all().stream()
        .filter(service -> service.ahead() != null)
        .max(Comparator.comparing(ClockCheck::difference))
        .map(service -> List.of(finding(service)))
        .orElseGet(
            () ->
                List.of(Finding.notChecked(SUBJECT, messages.text("doctor.nobody-answers"), null)));
  }

  private Finding finding(ServiceLook farthest) {
    long seconds = difference(farthest).toSeconds();
    if (difference(farthest).compareTo(MOST) <= 0) {
      return Finding.ok(SUBJECT, messages.text("doctor.clock.same", MOST.toSeconds()));
    }
    boolean ahead = !Objects.requireNonNull(farthest.ahead()).isNegative();
    return Finding.warning(
        SUBJECT,
        messages.text(
            ahead ? "doctor.clock.ahead" : "doctor.clock.behind",
            messages.text("part." + farthest.title()),
            seconds),
        messages.text("doctor.clock.mend"));
  }

  private static Duration difference(ServiceLook service) {
    return Objects.requireNonNull(service.ahead()).abs();
  }
}
