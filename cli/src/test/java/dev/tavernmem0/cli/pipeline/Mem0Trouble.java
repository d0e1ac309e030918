package dev.tavernmem0.cli.pipeline;

import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.Mem0Call;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Makes mem0 fail, and remembers of which batches mem0 said that it will not have them or that
 * there is nothing in them: only those may be dead or empty in the end.
 */
final class Mem0Trouble {
  private final FaultyMem0Server mem0;
  private final Generation generation;
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private final Set<String> emptied = ConcurrentHashMap.newKeySet();

  Mem0Trouble(FaultyMem0Server mem0, Generation generation) {
    this.mem0 = mem0;
    this.generation = generation;
  }

  /** Whether mem0 refused this batch for good. */
  boolean refused(String batchId) {
    return refused.contains(batchId);
  }

  /** Whether mem0 said that there is nothing to remember in this batch. */
  boolean emptied(String batchId) {
    return emptied.contains(batchId);
  }

  /** Something goes wrong with the next calls of a kind; returns what. */
  String strike(Random random) {
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> strike("add", Calls.add(), anyOf(random, addFaults()), random);
      case 4 -> strike("search", Calls.search(), anyOf(random, readFaults()), random);
      case 5 -> strike("list", Calls.list(), anyOf(random, readFaults()), random);
      case 6 -> strike("get", Calls.get(), anyOf(random, readFaults()), random);
      case 7, 8 -> strike("delete", Calls.delete(), anyOf(random, deleteFaults()), random);
      default -> forGood(random);
    };
  }

  private String strike(String what, Predicate<Mem0Call> calls, Fault fault, Random random) {
    int times = 1 + random.nextInt(3);
    mem0.on(calls).times(times, fault);
    return "mem0 " + what + " fails " + times + " times: " + fault;
  }

  private List<Fault> addFaults() {
    return List.of(
        generation == Generation.V1 ? Fault.v1Error("no model") : Fault.status(500),
        Fault.upstreamError("provider_rate_limited"),
        Fault.status(502),
        Fault.status(429),
        Fault.status(401),
        Fault.storesThenUpstreamError("provider_timeout"),
        Fault.resetBefore(),
        Fault.resetAfter(),
        Fault.neverAnswer(),
        Fault.storesButTimesOut(),
        Fault.truncatedBody(),
        Fault.garbage(),
        Fault.htmlPage(),
        Fault.phantomIds(),
        Fault.delay(Duration.ofMillis(500)));
  }

  private static List<Fault> readFaults() {
    return List.of(
        Fault.status(500),
        Fault.status(502),
        Fault.status(429),
        Fault.resetBefore(),
        Fault.neverAnswer(),
        Fault.truncatedBody(),
        Fault.garbage(),
        Fault.delay(Duration.ofMillis(500)));
  }

  private static List<Fault> deleteFaults() {
    return List.of(
        Fault.status(500),
        Fault.status(502),
        Fault.status(429),
        Fault.status(401),
        Fault.status(400),
        Fault.resetBefore(),
        Fault.resetAfter(),
        Fault.neverAnswer(),
        Fault.storesButTimesOut(),
        Fault.delay(Duration.ofMillis(500)));
  }

  private String forGood(Random random) {
    if (random.nextInt(3) == 0) {
      mem0.on(Calls.add().and(remembered(emptied))).once(Fault.emptyResults());
      return "mem0 finds nothing to remember in a batch";
    }
    if (generation == Generation.V1) {
      return "nothing";
    }
    mem0.on(Calls.add().and(remembered(refused))).once(Fault.status(400));
    return "mem0 refuses a batch for good";
  }

  /** Of a call that a fault is about to strike. */
  private static Predicate<Mem0Call> remembered(Set<String> batches) {
    return call -> batches.add(call.body().path("metadata").path("batch_id").asString());
  }

  private static Fault anyOf(Random random, List<Fault> faults) {
    return faults.get(random.nextInt(faults.size()));
  }
}
