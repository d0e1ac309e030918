package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.cli.operate.OperateException;
import dev.tavernmem0.cli.operate.Part;
import dev.tavernmem0.cli.operate.PartLook;
import dev.tavernmem0.cli.operate.RefusedException;
import dev.tavernmem0.cli.operate.RequestPath;
import dev.tavernmem0.cli.operate.ServiceClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a look at one service has found, besides what {@code status} shows.
 *
 * @param look health and status
 * @param refusal why it lets us see its health only; null if it lets us in
 * @param ahead how far its clock is ahead of ours, to half a second; null if that is not known
 */
record ServiceLook(PartLook look, @Nullable RefusedException refusal, @Nullable Duration ahead) {
  /** The header has no fractions: what it tells is half a second old on average. */
  private static final Duration HEADERS_AGE = Duration.ofMillis(500);

  static ServiceLook at(ServiceClient service, Clock clock) {
    PartLook look = PartLook.at(service);
    return look.isReachable()
        ? new ServiceLook(look, refusal(service, look), ahead(service, clock))
        : new ServiceLook(look, null, null);
  }

  /** The others refuse us their status; the retriever has none. */
  private static @Nullable RefusedException refusal(ServiceClient service, PartLook look) {
    if (look.health().has("components") || look.endpoint().part() != Part.RETRIEVER) {
      return null;
    }
    try {
      service.get(RequestPath.of("/v1/memories"));
      return null;
    } catch (RefusedException e) {
      return e.isForTheKey() ? e : null;
    } catch (OperateException e) {
      return null;
    }
  }

  private static @Nullable Duration ahead(ServiceClient service, Clock clock) {
    try {
      Instant asked = clock.instant();
      Optional<Instant> told = service.date();
      Duration way = Duration.between(asked, clock.instant()).dividedBy(2);
      return told.map(date -> Duration.between(asked.plus(way), date.plus(HEADERS_AGE)))
          .orElse(null);
    } catch (OperateException e) {
      // It was there a moment ago, which is told already.
      return null;
    }
  }

  Part part() {
    return look.endpoint().part();
  }

  String title() {
    return part().title();
  }

  boolean isReachable() {
    return look.isReachable();
  }

  /** Whether it can be asked more than whether it is there. */
  boolean answersUs() {
    return look.failure() == null && refusal == null && isReachable();
  }

  /** Whether it is another service than the one that should be there. */
  boolean isAnother() {
    String name = name();
    return !name.isEmpty() && !name.equals(part().application());
  }

  /** Which service it says that it is; empty if it does not tell. */
  String name() {
    return look.details("service").path("name").asString("");
  }

  /** Of which version it says that it is; empty if it does not tell. */
  String version() {
    return look.details("service").path("version").asString("");
  }
}
