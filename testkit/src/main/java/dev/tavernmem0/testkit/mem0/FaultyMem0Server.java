package dev.tavernmem0.testkit.mem0;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A mem0 server on a free loopback port, with mem0's semantics, an in-memory store, a record of
 * every call and faults on request:
 *
 * <pre>{@code
 * try (var mem0 = FaultyMem0Server.start()) {
 *   mem0.on(Calls.add()).times(2, Fault.upstreamError("provider_rate_limited"));
 *   mem0.on(Calls.add()).once(Fault.storesButTimesOut());
 *   mem0.on(Calls.search()).always(Fault.delay(Duration.ofMillis(300)));
 *   …
 *   assertThat(mem0.calls(Calls.add())).hasSize(4);
 * }
 * }</pre>
 *
 * The first rule that matches a call and is not used up decides; without one the call is answered
 * properly. Thread-safe.
 */
public final class FaultyMem0Server implements AutoCloseable {
  private final MemoryStore store = new MemoryStore();
  private final CallLog log = new CallLog();
  private final FaultRules rules = new FaultRules();
  private final Mem0Api api;
  private final int port;
  private @Nullable Mem0Listener listener;

  private FaultyMem0Server(Builder builder) {
    this.api =
        new Mem0Api(
            builder.generation,
            store,
            builder.extractor,
            builder.merging,
            builder.keepsUserFacts,
            builder.keepsAnswers,
            builder.apiKey);
    this.listener = listen(0);
    this.port = listener.port();
  }

  /** A mem0 v2 that remembers every message word for word and needs no key. */
  public static FaultyMem0Server start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** What to imitate. */
  public static final class Builder {
    private Generation generation = Generation.V2;
    private Extractor extractor = Extractor.verbatim();
    private Merging merging = Merging.never();
    private boolean keepsUserFacts;
    private boolean keepsAnswers;
    private @Nullable String apiKey;

    private Builder() {}

    public Builder generation(Generation value) {
      this.generation = value;
      return this;
    }

    /** What {@code infer: true} remembers. */
    public Builder extractor(Extractor value) {
      this.extractor = value;
      return this;
    }

    /**
     * A mem0 1.x whose prompt keeps what both sides say, and that says so at {@code /ready}, as our
     * image's. Upstream's keeps only what the assistant says, if it says something.
     */
    public Builder keepsUserFacts() {
      this.keepsUserFacts = true;
      return this;
    }

    /**
     * Takes an {@code Idempotency-Key} and says so at {@code /ready}, as our image and the embedded
     * server. mem0's own ignores it.
     */
    public Builder keepsAnswers() {
      this.keepsAnswers = true;
      return this;
    }

    /** What {@code infer: true} does to the memories that are there; of mem0 1.x only. */
    public Builder merging(Merging value) {
      this.merging = value;
      return this;
    }

    /** Calls without this {@code X-API-Key} get 401. */
    public Builder apiKey(String value) {
      this.apiKey = value;
      return this;
    }

    public FaultyMem0Server start() {
      return new FaultyMem0Server(this);
    }
  }

  /** Base URL, without a slash at its end. */
  public URI url() {
    return URI.create("http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + port);
  }

  /** Scripts faults of the calls that match. */
  public Script on(Predicate<Mem0Call> calls) {
    return new Script(calls);
  }

  /** How often a fault strikes. */
  public final class Script {
    private final Predicate<Mem0Call> calls;

    private Script(Predicate<Mem0Call> calls) {
      this.calls = calls;
    }

    public void once(Fault fault) {
      times(1, fault);
    }

    public void times(int times, Fault fault) {
      rules.add(calls, times, fault);
    }

    /** Until {@link #heal()}. */
    public void always(Fault fault) {
      rules.addForEver(calls, fault);
    }
  }

  /** Forgets all faults; calls that are left without an answer stay so. */
  public void heal() {
    rules.clear();
  }

  /** Every call so far, in the order they arrived, whatever became of it. */
  public List<Mem0Call> calls() {
    return log.all();
  }

  public List<Mem0Call> calls(Predicate<Mem0Call> which) {
    return log.all().stream().filter(which).toList();
  }

  /** The largest number of such calls that were under way at the same time. */
  public int peakConcurrency(Predicate<Mem0Call> which) {
    return log.peakConcurrency(which);
  }

  /** What is stored, in the order it was added; expired memories too. */
  public List<StoredMemory> memories() {
    return store.all();
  }

  /** Loses a memory. */
  public void lose(String id) {
    store.delete(id, Instant.now().toString());
  }

  /** Puts a memory in the store without a call. */
  public void put(StoredMemory memory) {
    store.add(memory);
  }

  /** Takes a memory out of the store without a call, as another client would. */
  public void remove(String id) {
    store.delete(id, "");
  }

  /** Forgets memories, calls and faults. */
  public void reset() {
    rules.clear();
    api.clear();
    log.clear();
  }

  /** Stops listening and resets all connections: connects are refused. The store is kept. */
  public synchronized void goDown() {
    if (listener != null) {
      listener.close();
      listener = null;
    }
  }

  /** Listens again on the same port. */
  public synchronized void comeBack() {
    if (listener == null) {
      listener = listen(port);
    }
  }

  @Override
  public void close() {
    goDown();
  }

  private Mem0Listener listen(int onPort) {
    try {
      return new Mem0Listener(onPort, log, rules, api);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on loopback port " + onPort, e);
    }
  }
}
