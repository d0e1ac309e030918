package dev.tavernmem0.testkit.mem0;

import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** mem0's REST endpoints over the store, without faults. Thread-safe. */
final class Mem0Api {
  private static final Pattern MEMORY = Pattern.compile("/memories/([^/]+)");
  private static final Pattern HISTORY = Pattern.compile("/memories/([^/]+)/history");
  private static final Pattern WHITESPACE = Pattern.compile("\\s");
  private static final Pattern KEY = Pattern.compile("[!-~]{1,200}");
  private static final Set<String> READ_ROLES = Set.of("system", "user", "assistant");
  private static final Set<String> IDENTITY_KEYS =
      Set.of("user_id", "agent_id", "run_id", "actor_id");
  private static final int DEFAULT_TOP_K = 20;
  private static final int V1_LIMIT = 100;
  private static final int MAX_TOP_K = 1000;
  private static final double DEFAULT_THRESHOLD = 0.1;

  private final Generation generation;
  private final MemoryStore store;
  private final Extractor extractor;
  private final Merging merging;
  private final boolean keepsUserFacts;
  private final boolean keepsAnswers;
  private final @Nullable String apiKey;
  private final KeptAnswers answers = new KeptAnswers();

  Mem0Api(
      Generation generation,
      MemoryStore store,
      Extractor extractor,
      Merging merging,
      boolean keepsUserFacts,
      boolean keepsAnswers,
      @Nullable String apiKey) {
    this.generation = generation;
    this.store = store;
    this.extractor = extractor;
    this.merging = merging;
    this.keepsUserFacts = keepsUserFacts;
    this.keepsAnswers = keepsAnswers;
    this.apiKey = apiKey;
  }

  Answer answer(Mem0Call call) {
    try {
      return route(call);
    } catch (ApiException e) {
      return e.answer(generation);
    }
  }

  /** What an add would answer, with ids of memories that are not stored. */
  Answer phantom(Mem0Call call) {
    try {
      return Answer.ok(
          results(extract(call.body()).stream().map(memory -> result(memory, "ADD")).toList()));
    } catch (ApiException e) {
      return e.answer(generation);
    }
  }

  private Answer route(Mem0Call call) {
    if (call.method().equals("GET") && call.path().equals("/openapi.json")) {
      return Answer.ok(Map.of("openapi", "3.1.0"));
    }
    if (call.method().equals("GET")
        && call.path().equals("/auth/setup-status")
        && generation == Generation.V2) {
      return Answer.ok(Map.of("needsSetup", false));
    }
    boolean tells = keepsUserFacts || keepsAnswers;
    if (call.method().equals("GET") && call.path().equals("/ready") && tells) {
      return Answer.ok(ready());
    }
    authorize(call);
    var memory = MEMORY.matcher(call.path());
    if (memory.matches()) {
      return one(call, memory.group(1));
    }
    var history = HISTORY.matcher(call.path());
    if (history.matches() && call.method().equals("GET")) {
      return Answer.ok(store.history(history.group(1)));
    }
    return switch (call.method() + " " + call.path()) {
      case "POST /memories" -> addOnce(call);
      case "GET /memories" -> list(call);
      case "DELETE /memories" -> deleteAll(call);
      case "POST /search" -> search(call);
      case "POST /reset" -> {
        clear();
        yield Answer.ok(Map.of("message", "All memories reset"));
      }
      default -> Answer.error(404, "Not Found");
    };
  }

  private Map<String, @Nullable Object> ready() {
    Map<String, @Nullable Object> ready = new LinkedHashMap<>();
    ready.put("status", "ready");
    ready.put("checks", Map.of());
    ready.put("flavour", "fake");
    ready.put("mem0ai", null);
    ready.put("fact_prompt", keepsUserFacts ? "user_and_assistant" : "upstream");
    ready.put("embedder_limit_tokens", null);
    ready.put("events", List.of("ADD", "UPDATE", "DELETE", "NONE"));
    ready.put("idempotency_key", keepsAnswers);
    return ready;
  }

  private void authorize(Mem0Call call) {
    String sent = call.headers().get("x-api-key");
    if (apiKey == null && (sent == null || generation == Generation.V1)) {
      return;
    }
    if (apiKey == null || !apiKey.equals(sent)) {
      throw new ApiException(401, "Invalid or missing API key.");
    }
  }

  private Answer one(Mem0Call call, String id) {
    StoredMemory memory = store.get(id);
    return switch (call.method()) {
      case "GET" -> Answer.ok(memory == null ? null : memory.json());
      case "PUT" -> update(found(memory, id), object(call.body()));
      case "DELETE" -> {
        if (!store.delete(id, now())) {
          throw notFound(id);
        }
        yield Answer.ok(Map.of("message", "Memory deleted successfully"));
      }
      default -> Answer.error(405, "Method Not Allowed");
    };
  }

  /** Forgets everything. */
  void clear() {
    store.clear();
    answers.clear();
  }

  private Answer addOnce(Mem0Call call) {
    String key = call.headers().get("idempotency-key");
    if (!keepsAnswers || key == null) {
      return add(call);
    }
    if (!KEY.matcher(key).matches()) {
      throw new ApiException(400, "Invalid Idempotency-Key.");
    }
    return answers.once(key, call.body(), () -> add(call));
  }

  private Answer add(Mem0Call call) {
    List<Map<String, @Nullable Object>> results = new ArrayList<>();
    boolean infer = call.body().path("infer").asBoolean(true);
    // A model takes its time, and other calls do not wait for it.
    List<StoredMemory> extracted = extract(call.body());
    synchronized (store) {
      for (StoredMemory memory : extracted) {
        if (!infer) {
          store.add(memory);
          results.add(result(memory, "ADD"));
        } else if (generation == Generation.V1) {
          results.addAll(merge(memory));
        } else if (!isKnown(memory)) {
          store.add(memory);
          results.add(result(memory, "ADD"));
        }
      }
    }
    return Answer.ok(results(results));
  }

  private List<Map<String, @Nullable Object>> merge(StoredMemory fact) {
    List<StoredMemory> ofScope =
        store.all().stream()
            .filter(memory -> memory.isInScope(fact.userId(), fact.agentId(), fact.runId()))
            .toList();
    Merging.Step step = isKnown(fact) ? new Merging.Step.None() : merging.of(fact.text(), ofScope);
    List<Map<String, @Nullable Object>> results = new ArrayList<>();
    if (step instanceof Merging.Step.Update update) {
      StoredMemory old = found(store.get(update.id()), update.id());
      StoredMemory merged =
          new StoredMemory(
              old.id(),
              update.text(),
              old.userId(),
              old.agentId(),
              old.runId(),
              fact.metadata(),
              old.createdAt(),
              now(),
              old.expirationDate());
      store.replace(merged);
      Map<String, @Nullable Object> result = result(merged, "UPDATE");
      result.put("previous_memory", old.text());
      results.add(result);
    }
    String deleted = null;
    if (step instanceof Merging.Step.Delete delete) {
      deleted = delete.id();
    } else if (step instanceof Merging.Step.Replace replace) {
      deleted = replace.id();
    }
    if (deleted != null) {
      results.add(result(found(store.get(deleted), deleted), "DELETE"));
      store.delete(deleted, now());
    }
    if (step instanceof Merging.Step.Add || step instanceof Merging.Step.Replace) {
      store.add(fact);
      results.add(result(fact, "ADD"));
    }
    return results;
  }

  private boolean isKnown(StoredMemory fact) {
    return store.all().stream()
        .anyMatch(
            memory ->
                memory.text().equals(fact.text())
                    && memory.isInScope(fact.userId(), fact.agentId(), fact.runId()));
  }

  private List<StoredMemory> extract(JsonNode request) {
    JsonNode body = object(request);
    List<Extractor.Message> messages = messages(body);
    String user = id(body, "user_id");
    String agent = id(body, "agent_id");
    String run = id(body, "run_id");
    requireAnId("At least one identifier (user_id, agent_id, run_id) is required.", body);
    Map<String, Object> metadata = metadata(body.path("metadata"));
    Object createdAt = metadata.remove("created_at");
    String at = createdAt == null ? now() : createdAt.toString();
    LocalDate expiration = date(body.path("expiration_date"));
    List<String> facts =
        body.path("infer").asBoolean(true)
            ? extractor.facts(read(messages, agent), string(body.path("prompt")))
            : Extractor.verbatim()
                .facts(
                    messages.stream().filter(message -> !message.role().equals("system")).toList(),
                    null);
    return facts.stream()
        .map(
            fact ->
                new StoredMemory(
                    UUID.randomUUID().toString(),
                    fact,
                    user,
                    agent,
                    run,
                    metadata,
                    at,
                    at,
                    expiration))
        .toList();
  }

  /** What the model is given: mem0 1.x's own prompt heeds the assistant alone, if it speaks. */
  private List<Extractor.Message> read(List<Extractor.Message> messages, @Nullable String agent) {
    List<Extractor.Message> assistants =
        messages.stream().filter(message -> message.role().equals("assistant")).toList();
    boolean assistantsAlone =
        generation == Generation.V1 && !keepsUserFacts && agent != null && !assistants.isEmpty();
    return assistantsAlone ? assistants : messages;
  }

  private static List<Extractor.Message> messages(JsonNode body) {
    JsonNode messages = body.path("messages");
    if (!messages.isArray()) {
      throw unprocessable("Input should be a valid list", "messages");
    }
    List<Extractor.Message> read = new ArrayList<>();
    for (JsonNode message : messages) {
      if (!message.path("role").isString() || !message.path("content").isString()) {
        throw unprocessable("Field required", "messages");
      }
      String role = message.path("role").stringValue();
      if (READ_ROLES.contains(role)) {
        read.add(new Extractor.Message(role, message.path("content").stringValue()));
      }
    }
    return read;
  }

  private Answer list(Mem0Call call) {
    String user = call.query().get("user_id");
    String agent = call.query().get("agent_id");
    String run = call.query().get("run_id");
    boolean scoped = user != null || agent != null || run != null;
    boolean showExpired = !scoped || Boolean.parseBoolean(call.query().get("show_expired"));
    int defaultLimit = generation == Generation.V1 ? V1_LIMIT : DEFAULT_TOP_K;
    int limit = scoped ? defaultLimit : MAX_TOP_K;
    if (generation == Generation.V2 && call.query().containsKey("top_k")) {
      limit = topK(call.query().get("top_k"));
    }
    return Answer.ok(
        results(
            store.all().stream()
                .filter(memory -> memory.isInScope(user, agent, run))
                .filter(memory -> showExpired || !memory.isExpired())
                .limit(limit)
                .map(StoredMemory::json)
                .toList()));
  }

  private static int topK(@Nullable String text) {
    try {
      int topK = Integer.parseInt(String.valueOf(text));
      if (topK >= 0 && topK <= MAX_TOP_K) {
        return topK;
      }
    } catch (NumberFormatException e) {
      throw wrongQuery("Input should be a valid integer", "top_k");
    }
    throw wrongQuery("Input should be between 0 and 1000", "top_k");
  }

  private Answer search(Mem0Call call) {
    JsonNode body = object(call.body());
    JsonNode query = body.path("query");
    if (!query.isString()) {
      throw unprocessable("Field required", "query");
    }
    if (query.stringValue().isBlank()) {
      throw new ApiException(400, "Invalid query: must be a non-empty string");
    }
    Map<String, Object> scoped = metadataWithIds(body.path("filters"));
    for (String key : List.of("user_id", "agent_id", "run_id")) {
      String value = string(body.path(key));
      if (value != null) {
        scoped.put(key, value);
      }
    }
    JsonNode filters = JsonMapper.shared().valueToTree(scoped);
    requireAnId(
        "filters must contain at least one of: user_id, agent_id, run_id. "
            + "Example: filters={'user_id': 'u1'}",
        filters);
    boolean v1 = generation == Generation.V1;
    int limit = body.path(v1 ? "limit" : "top_k").asInt(v1 ? V1_LIMIT : DEFAULT_TOP_K);
    double threshold = body.path("threshold").asDouble(v1 ? 0 : DEFAULT_THRESHOLD);
    if (!v1 && (limit < 0 || threshold < 0 || threshold > 1)) {
      throw new ApiException(400, "Invalid top_k or threshold");
    }
    boolean explain = !v1 && body.path("explain").asBoolean(false);
    boolean showExpired = v1 || body.path("show_expired").asBoolean(false);
    record Hit(StoredMemory memory, double similarity) {}
    return Answer.ok(
        results(
            store.all().stream()
                .filter(memory -> MetadataFilter.matches(filters, memory))
                .filter(memory -> showExpired || !memory.isExpired())
                .map(m -> new Hit(m, Similarity.of(query.stringValue(), m.text())))
                .filter(hit -> hit.similarity() >= threshold)
                .sorted(Comparator.comparingDouble(Hit::similarity).reversed())
                .limit(limit)
                .map(hit -> found(hit.memory(), hit.similarity(), explain, threshold))
                .toList()));
  }

  private Map<String, @Nullable Object> found(
      StoredMemory memory, double similarity, boolean explain, double threshold) {
    Map<String, @Nullable Object> json = memory.json();
    json.put("score", generation == Generation.V1 ? 1 - similarity : similarity);
    if (explain) {
      json.put(
          "score_details",
          Map.of(
              "semantic_score", similarity,
              "bm25_score", 0.0,
              "final_score", similarity,
              "threshold", threshold));
    }
    return json;
  }

  private Answer update(StoredMemory old, JsonNode body) {
    if (body.has("text") && !body.path("text").isString()) {
      throw unprocessable("Input should be a valid string", "text");
    }
    String text = string(body.path("text"));
    if (text == null && generation == Generation.V1) {
      throw unprocessable("Field required", "text");
    }
    Map<String, Object> metadata = new LinkedHashMap<>(old.metadata());
    metadata.putAll(metadata(body.path("metadata")));
    if (text == null && !body.has("expiration_date") && body.path("metadata").isMissingNode()) {
      throw new ApiException(
          400, "At least one of text, metadata, or expiration_date must be provided.");
    }
    StoredMemory updated =
        new StoredMemory(
            old.id(),
            text == null ? old.text() : text,
            old.userId(),
            old.agentId(),
            old.runId(),
            metadata,
            old.createdAt(),
            now(),
            body.has("expiration_date")
                ? date(body.path("expiration_date"))
                : old.expirationDate());
    if (!store.replace(updated)) {
      throw notFound(old.id());
    }
    return Answer.ok(Map.of("message", "Memory updated successfully!"));
  }

  private Answer deleteAll(Mem0Call call) {
    JsonNode ids = JsonMapper.shared().valueToTree(call.query());
    requireAnId("At least one identifier is required.", ids);
    store.all().stream()
        .filter(m -> m.isInScope(id(ids, "user_id"), id(ids, "agent_id"), id(ids, "run_id")))
        .forEach(memory -> store.delete(memory.id(), now()));
    return Answer.ok(Map.of("message", "All relevant memories deleted"));
  }

  private @Nullable String id(JsonNode ids, String field) {
    String value = string(ids.path(field));
    if (value != null && generation == Generation.V2 && WHITESPACE.matcher(value).find()) {
      throw new ApiException(400, "Invalid " + field + ": cannot contain whitespace");
    }
    return value;
  }

  private void requireAnId(String message, JsonNode ids) {
    if (id(ids, "user_id") == null && id(ids, "agent_id") == null && id(ids, "run_id") == null) {
      throw new ApiException(400, message);
    }
  }

  private static Map<String, Object> metadata(JsonNode node) {
    Map<String, Object> metadata = metadataWithIds(node);
    metadata.keySet().removeAll(IDENTITY_KEYS);
    return metadata;
  }

  @SuppressWarnings("unchecked") // Jackson binds an object to a map of strings.
  private static Map<String, Object> metadataWithIds(JsonNode node) {
    return node.isObject()
        ? (Map<String, Object>) JsonMapper.shared().treeToValue(node, LinkedHashMap.class)
        : new LinkedHashMap<>();
  }

  private static @Nullable LocalDate date(JsonNode node) {
    String text = string(node);
    try {
      return text == null ? null : LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new ApiException(400, "expiration_date must be a valid date in YYYY-MM-DD format.");
    }
  }

  private static @Nullable String string(JsonNode node) {
    return node.isString() && !node.stringValue().isEmpty() ? node.stringValue() : null;
  }

  private static JsonNode object(JsonNode body) {
    if (!body.isObject()) {
      throw unprocessable("Input should be a valid dictionary", "");
    }
    return body;
  }

  private static StoredMemory found(@Nullable StoredMemory memory, String id) {
    if (memory == null) {
      throw notFound(id);
    }
    return memory;
  }

  private static ApiException notFound(String id) {
    return new ApiException(404, "Memory with id " + id + " not found");
  }

  private static ApiException unprocessable(String message, String field) {
    return invalid("body", message, field);
  }

  private static ApiException wrongQuery(String message, String field) {
    return invalid("query", message, field);
  }

  private static ApiException invalid(String where, String message, String field) {
    return new ApiException(
        422, List.of(Map.of("type", "invalid", "loc", List.of(where, field), "msg", message)));
  }

  private static Map<String, @Nullable Object> result(StoredMemory memory, String event) {
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    result.put("id", memory.id());
    result.put("memory", memory.text());
    result.put("event", event);
    return result;
  }

  private static Map<String, Object> results(List<Map<String, @Nullable Object>> results) {
    return Map.of("results", results);
  }

  private static String now() {
    return Instant.now().toString();
  }
}
