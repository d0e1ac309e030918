package dev.tavernmem0.testkit.mem0;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The calls in the order they arrived. Thread-safe. */
final class CallLog {
  private final List<Mem0Call> calls = new ArrayList<>();
  private int generation;

  /** Names a call until it is finished. */
  record Ticket(int generation, int index) {}

  synchronized Ticket add(Mem0Call call) {
    calls.add(call);
    return new Ticket(generation, calls.size() - 1);
  }

  synchronized void finish(Ticket ticket) {
    if (ticket.generation() == generation) {
      calls.set(ticket.index(), calls.get(ticket.index()).finished(Instant.now()));
    }
  }

  synchronized List<Mem0Call> all() {
    return List.copyOf(calls);
  }

  synchronized void clear() {
    calls.clear();
    generation++;
  }

  int peakConcurrency(Predicate<Mem0Call> which) {
    List<Mem0Call> matching = all().stream().filter(which).toList();
    return matching.stream()
        .mapToInt(
            one ->
                (int) matching.stream().filter(other -> underWay(other, one.receivedAt())).count())
        .max()
        .orElse(0);
  }

  private static boolean underWay(Mem0Call call, Instant at) {
    @Nullable Instant finished = call.finishedAt();
    return !call.receivedAt().isAfter(at) && (finished == null || finished.isAfter(at));
  }
}
