package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.cli.operate.Services;
import java.time.Clock;
import java.util.List;

/** What a look at each service has found. */
record Looks(ServiceLook watcher, ServiceLook writer, ServiceLook retriever) {

  static Looks at(Services services, Clock clock) {
    return new Looks(
        ServiceLook.at(services.watcher(), clock),
        ServiceLook.at(services.writer(), clock),
        ServiceLook.at(services.retriever(), clock));
  }

  List<ServiceLook> all() {
    return List.of(watcher, writer, retriever);
  }
}
