package dev.tavernmem0.embedded.memory.web;

import dev.tavernmem0.embedded.memory.MemoryServerProperties;
import dev.tavernmem0.embedded.memory.embedding.Embeddings;
import dev.tavernmem0.embedded.memory.embedding.Language;
import dev.tavernmem0.embedded.memory.store.MemoryStore;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a client asks about the server itself. */
@RestController
class ServerController {
  private final Embeddings embeddings;
  private final MemoryStore store;
  private final MemoryServerProperties properties;

  ServerController(Embeddings embeddings, MemoryStore store, MemoryServerProperties properties) {
    this.embeddings = embeddings;
    this.store = store;
    this.properties = properties;
  }

  /** 200 as soon as memories can be stored and searched without waiting, 503 before. */
  @GetMapping("/health")
  ResponseEntity<Map<String, String>> health() {
    String model = embeddings.isReady() ? "ready" : embeddings.hasFailed() ? "failed" : "loading";
    String index = store.isOpen() ? "open" : "closed";
    boolean up = embeddings.isReady() && store.isOpen();
    Map<String, String> body = new LinkedHashMap<>();
    body.put("status", up ? "ok" : "unavailable");
    body.put("embedding_models", model);
    body.put("index", index);
    return ResponseEntity.status(up ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE).body(body);
  }

  /**
   * 503 if no memory can be stored any more, otherwise 200: as long as the models load, adds wait
   * for them. Either tells what a client cannot find out otherwise, as our mem0 image does.
   */
  @GetMapping("/ready")
  ResponseEntity<Map<String, Object>> ready() {
    boolean ready = !embeddings.hasFailed() && store.isOpen();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", ready ? "ready" : "not ready");
    body.put("checks", Map.of("embedding_models", models(), "index", index()));
    body.put("flavour", "embedded");
    body.put("mem0ai", null);
    body.put("fact_prompt", "user_and_assistant");
    body.put("idempotency_key", true);
    // Each text is embedded by itself, however long.
    body.put("embedder_limit_tokens", null);
    body.put("events", List.of("ADD"));
    return ResponseEntity.status(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE).body(body);
  }

  private String models() {
    return embeddings.isReady() ? "ok" : embeddings.hasFailed() ? "failed" : "loading";
  }

  private String index() {
    return store.isOpen() ? "ok" : "closed";
  }

  /** Clients tell mem0 v2 from v1 by this. */
  @GetMapping("/auth/setup-status")
  Map<String, Boolean> setupStatus() {
    return Map.of("needsSetup", false);
  }

  /** What mem0 shows of its configuration, as far as there is one here. */
  @GetMapping("/configure")
  Map<String, Object> configuration() {
    Map<String, Object> configuration = new LinkedHashMap<>();
    configuration.put("version", "v1.1");
    configuration.put("vector_store", Map.of("provider", "lucene"));
    configuration.put(
        "embedder",
        Map.of(
            "provider",
            "onnx",
            "config",
            Map.of(
                "model",
                Arrays.stream(Language.values())
                    .map(Language::model)
                    .collect(Collectors.joining(", ")))));
    if (properties.llm() != null) {
      configuration.put(
          "llm", Map.of("provider", "openai", "config", Map.of("model", properties.llm().model())));
    }
    return configuration;
  }

  @GetMapping(path = "/openapi.json", produces = MediaType.APPLICATION_JSON_VALUE)
  Resource openApi() {
    return new ClassPathResource("dev/tavernmem0/embedded/memory/web/openapi.json");
  }
}
