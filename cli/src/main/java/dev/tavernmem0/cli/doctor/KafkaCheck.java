package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.cli.operate.Messages;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Whether the services are connected to Kafka, which is not asked itself. */
final class KafkaCheck implements Check {
  private static final String SUBJECT = "kafka";

  /** A watcher that another one has shut out has heard so from Kafka. */
  private static final Set<String> ENGINE_CONNECTED = Set.of("RUNNING", "FENCED");

  private static final Set<String> WRITER_CONNECTED = Set.of("RUNNING", "JOINING");

  private final Looks looks;
  private final Messages messages;

  KafkaCheck(Looks looks, Messages messages) {
    this.looks = looks;
    this.messages = messages;
  }

  @Override
  public List<Finding> findings() {
    List<String> connected = new ArrayList<>();
    List<String> apart = new ArrayList<>();
    watcher(connected, apart);
    writer(connected, apart);
    retriever(connected, apart);
    String comma = messages.text("list.comma");
    if (!apart.isEmpty()) {
      return List.of(
          Finding.problem(
              SUBJECT,
              messages.text("doctor.kafka.apart", String.join(comma, apart)),
              messages.text("doctor.kafka.mend")));
    }
    return List.of(
        connected.isEmpty()
            ? Finding.notChecked(SUBJECT, messages.text("doctor.nobody-tells"), null)
            : Finding.ok(
                SUBJECT, messages.text("doctor.kafka.connected", String.join(comma, connected))));
  }

  private void watcher(List<String> connected, List<String> apart) {
    JsonNode status = looks.watcher().look().status();
    if (!status.path("engine").isString()) {
      return;
    }
    if (ENGINE_CONNECTED.contains(status.path("engine").asString(""))) {
      connected.add(name(looks.watcher()));
    } else if (looks.watcher().look().details("watcher").path("dataRootReadable").asBoolean(true)) {
      // Otherwise it is the folder that it waits for.
      apart.add(name(looks.watcher()) + error(status));
    }
  }

  private void writer(List<String> connected, List<String> apart) {
    JsonNode status = looks.writer().look().status();
    if (!status.path("state").isString()) {
      return;
    }
    if (WRITER_CONNECTED.contains(status.path("state").asString(""))) {
      connected.add(name(looks.writer()));
    } else {
      apart.add(name(looks.writer()) + error(status));
    }
  }

  private void retriever(List<String> connected, List<String> apart) {
    switch (looks.retriever().look().details("mem0").path("ledger").asString("")) {
      case "following" -> connected.add(name(looks.retriever()));
      case "not reachable" -> apart.add(name(looks.retriever()));
      default -> {
        // It does not follow the ledger, or does not tell.
      }
    }
  }

  private String name(ServiceLook service) {
    return messages.text("part." + service.title());
  }

  private static String error(JsonNode status) {
    return status.path("last_error").isString()
        ? " (" + status.path("last_error").asString() + ")"
        : "";
  }
}
