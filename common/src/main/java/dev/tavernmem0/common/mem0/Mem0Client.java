package dev.tavernmem0.common.mem0;

import dev.tavernmem0.common.identity.Scope;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Client of the mem0 REST server; hides the differences of v1 and v2. Makes exactly one HTTP
 * request per call (plus one to find the generation until that is known, if {@link
 * ApiVersion#AUTO}) and never repeats one. Thread-safe; calls block.
 *
 * <p>Every method throws {@link Mem0Exception}.
 */
public final class Mem0Client implements AutoCloseable {
  private final Mem0Transport transport;

  /** What a server says at {@code /ready} whose prompt keeps both sides' facts. */
  private static final String BOTH_SIDES = "user_and_assistant";

  /** A mem0 that has not read a memory by then hangs, however long its model takes for an add. */
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(60);

  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  private final AtomicReference<ApiVersion> version;
  private final AtomicReference<@Nullable Boolean> keepsUserFacts = new AtomicReference<>();

  public Mem0Client(Mem0ClientOptions options) {
    this(options, READ_TIMEOUT);
  }

  /** As the other, with another longest wait for what asks no model. */
  Mem0Client(Mem0ClientOptions options, Duration readTimeout) {
    this.transport = new Mem0Transport(options, readTimeout);
    this.version = new AtomicReference<>(options.version());
  }

  /** The server's generation, asked if it was not configured; never {@code AUTO}. */
  public ApiVersion version() {
    ApiVersion known = Objects.requireNonNull(version.get());
    if (known != ApiVersion.AUTO) {
      return known;
    }
    try {
      transport.call(Operation.SETUP_STATUS, Map.of(), Map.of(), null);
      version.compareAndSet(ApiVersion.AUTO, ApiVersion.V2);
      return ApiVersion.V2;
    } catch (Mem0Exception.Permanent e) {
      // Or a proxy whose mem0 is away: that is settled when a call succeeds.
      return ApiVersion.V1;
    }
  }

  /** The server's generation as far as it is known: {@code AUTO} until a call has shown it. */
  public ApiVersion knownVersion() {
    return Objects.requireNonNull(version.get());
  }

  private void succeededAs(ApiVersion api) {
    version.compareAndSet(ApiVersion.AUTO, api);
  }

  /**
   * Whether facts of the user are kept of messages that are sent with their roles. mem0 1.x with
   * its own prompt keeps only the assistant's, if there is an {@code agent_id} and a message of the
   * assistant; a 1.x whose prompt keeps both says so at {@code GET /ready}, as {@code fact_prompt}.
   */
  public boolean keepsUserFacts() {
    Boolean known = keepsUserFacts.get();
    if (known != null) {
      return known;
    }
    boolean keeps = version() == ApiVersion.V2 || BOTH_SIDES.equals(ready().factPrompt());
    if (version.get() != ApiVersion.AUTO) {
      keepsUserFacts.set(keeps);
    }
    return keeps;
  }

  /** What the server says of itself; asks each time. */
  public Ready ready() {
    try {
      return Ready.of(transport.call(Operation.READY, Map.of(), Map.of(), null).body());
    } catch (Mem0Exception.Permanent e) {
      // Upstream's server has no such address.
      return Ready.NOTHING;
    } catch (Mem0Exception.Transient e) {
      Integer status = e.status();
      if (status != null && status < 300) {
        // A page in its place, from a proxy that has one for every address.
        return Ready.NOTHING;
      }
      throw e;
    }
  }

  /**
   * Stores messages as memories. An empty list means that mem0 kept nothing: there was nothing to
   * remember, or its model failed without saying so.
   */
  public List<AddedMemory> add(AddRequest request) {
    String key = request.idempotencyKey();
    var answer =
        transport.call(
            Operation.ADD,
            Map.of(),
            Map.of(),
            key == null ? Map.of() : Map.of(IDEMPOTENCY_KEY, key),
            Mem0Json.add(request));
    return parse(Operation.ADD, answer, Mem0Json::addedMemories);
  }

  /** Searches; best first. */
  public List<Memory> search(SearchRequest request) {
    ApiVersion api = version();
    var answer =
        transport.call(Operation.SEARCH, Map.of(), Map.of(), Mem0Json.search(request, api));
    List<Memory> found = parse(Operation.SEARCH, answer, body -> Mem0Json.memories(body, api));
    succeededAs(api);
    Double threshold = request.threshold();
    if (api == ApiVersion.V1 && threshold != null) {
      return found.stream()
          .filter(memory -> memory.score() == null || memory.score() >= threshold)
          .toList();
    }
    return found;
  }

  /** One memory; empty if there is none with this id. */
  public Optional<Memory> get(String id) {
    ApiVersion api = version();
    try {
      var answer = transport.call(Operation.GET, Map.of("id", id), Map.of(), null);
      return answer.body().isNull()
          ? Optional.empty()
          : Optional.of(parse(Operation.GET, answer, body -> Mem0Json.memory(body, api)));
    } catch (Mem0Exception.Permanent e) {
      if (isNotFound(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Memories of a scope, in no order; at most {@code topK} of them (v1 ignores it: 100). */
  public List<Memory> list(Scope scope, int topK) {
    return list(Map.of("user_id", scope.userId(), "agent_id", scope.agentId()), topK);
  }

  /** Memories of a user with every character, in no order; at most {@code topK} of them. */
  public List<Memory> listOfUser(String userId, int topK) {
    return list(Map.of("user_id", userId), topK);
  }

  private List<Memory> list(Map<String, String> ids, int topK) {
    ApiVersion api = version();
    Map<String, String> query = new LinkedHashMap<>(ids);
    if (api == ApiVersion.V2) {
      query.put("top_k", Integer.toString(topK));
    }
    var answer = transport.call(Operation.LIST, Map.of(), query, null);
    List<Memory> listed = parse(Operation.LIST, answer, body -> Mem0Json.memories(body, api));
    succeededAs(api);
    return listed;
  }

  /** Changes a memory. */
  public void update(String id, MemoryUpdate update) {
    Map<String, Object> body = new LinkedHashMap<>();
    if (update.text() != null) {
      body.put("text", update.text());
    }
    if (update.metadata() != null) {
      body.put("metadata", update.metadata());
    }
    transport.call(Operation.UPDATE, Map.of("id", id), Map.of(), body);
  }

  /**
   * Deletes a memory.
   *
   * @return false if there was none with this id
   */
  public boolean delete(String id) {
    try {
      transport.call(Operation.DELETE, Map.of("id", id), Map.of(), null);
      return true;
    } catch (Mem0Exception.Permanent e) {
      if (isNotFound(e)) {
        return false;
      }
      throw e;
    } catch (Mem0Exception.Transient e) {
      // v1 answers 500 to an unknown id as to everything else.
      if (Integer.valueOf(500).equals(e.status()) && get(id).isEmpty()) {
        return false;
      }
      throw e;
    }
  }

  private static boolean isNotFound(Mem0Exception e) {
    return Integer.valueOf(404).equals(e.status());
  }

  private static <T> T parse(
      Operation operation, Mem0Transport.Answer answer, Function<JsonNode, T> parser) {
    try {
      return parser.apply(answer.body());
    } catch (Mem0Json.MalformedAnswerException e) {
      throw Mem0Errors.ofMalformedAnswer(operation, answer.status(), e);
    }
  }

  /** Closes the connections; calls under way fail. */
  @Override
  public void close() {
    transport.close();
  }
}
