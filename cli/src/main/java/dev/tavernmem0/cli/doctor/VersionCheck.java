package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.cli.operate.Messages;
import java.util.List;
import java.util.stream.Collectors;

/** Whether the services are of the version of this program. */
final class VersionCheck implements Check {
  private static final String SUBJECT = "version";

  private final Looks looks;
  private final String ours;
  private final Messages messages;

  /**
   * @param ours the version of this program
   */
  VersionCheck(Looks looks, String ours, Messages messages) {
    this.looks = looks;
    this.ours = ours;
    this.messages = messages;
  }

  @Override
  public List<Finding> findings() {
    List<ServiceLook> there =
        looks.all().stream().filter(ServiceLook::answersUs).filter(it -> !it.isAnother()).toList();
    if (there.isEmpty()) {
      return List.of(Finding.notChecked(SUBJECT, messages.text("doctor.nobody-answers"), null));
    }
    String others =
        there.stream()
            .filter(service -> !service.version().equals(ours))
            .map(this::other)
            .collect(Collectors.joining(messages.text("list.comma")));
    return List.of(
        others.isEmpty()
            ? Finding.ok(SUBJECT, messages.text("doctor.version.same", ours))
            : Finding.warning(
                SUBJECT,
                messages.text("doctor.version.other", ours, others),
                messages.text("doctor.version.mend")));
  }

  private String other(ServiceLook service) {
    String version = service.version();
    return messages.text("part." + service.title())
        + " "
        + (version.isEmpty() ? messages.text("doctor.version.untold") : version);
  }
}
