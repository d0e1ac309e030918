package dev.tavernmem0.embedded.memory;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.embedded.memory.embedding.Embeddings;
import dev.tavernmem0.embedded.memory.extraction.ExtractedMemory;
import dev.tavernmem0.embedded.memory.extraction.MemoryExtractor;
import dev.tavernmem0.embedded.memory.filter.MetadataFilter;
import dev.tavernmem0.embedded.memory.store.AddedMemory;
import dev.tavernmem0.embedded.memory.store.Addition;
import dev.tavernmem0.embedded.memory.store.EmbeddedMemory;
import dev.tavernmem0.embedded.memory.store.Memory;
import dev.tavernmem0.embedded.memory.store.MemoryStore;
import dev.tavernmem0.embedded.memory.store.PayloadKeys;
import dev.tavernmem0.embedded.memory.store.Scope;
import dev.tavernmem0.embedded.memory.store.SearchHit;
import dev.tavernmem0.embedded.memory.store.SearchRequest;
import dev.tavernmem0.embedded.memory.store.Timestamps;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Adds, changes and finds memories with the semantics of mem0 v2. Thread-safe. */
public final class MemoryService {
  /** What an extraction is shown of the scope: its nearest memories and its last messages. */
  private static final int CONTEXT_SIZE = 10;

  private final MemoryStore store;
  private final Embeddings embeddings;
  private final @Nullable MemoryExtractor extractor;

  /**
   * @param extractor null if no language model is configured
   */
  public MemoryService(
      MemoryStore store, Embeddings embeddings, @Nullable MemoryExtractor extractor) {
    this.store = store;
    this.embeddings = embeddings;
    this.extractor = extractor;
  }

  /**
   * Stores memories of these messages; they are on disk when it returns, and the answer with them.
   *
   * @param key under which the answer is kept; null keeps none
   * @throws dev.tavernmem0.embedded.memory.extraction.LlmException if the language model fails;
   *     then nothing is stored
   */
  List<AddedMemory> add(AddRequest request, @Nullable AddKey key) {
    return request.infer() && extractor != null
        ? addExtracted(request, key, extractor)
        : addVerbatim(request, key);
  }

  /**
   * Finds memories.
   *
   * @param query not blank
   */
  public List<SearchHit> search(
      String query,
      Scope scope,
      MetadataFilter filter,
      int limit,
      double threshold,
      boolean showExpired) {
    return store.search(
        new SearchRequest(
            query, embeddings.ofQuery(query), scope, filter, limit, threshold, showExpired));
  }

  /**
   * Changes a memory.
   *
   * @return whether there is such a memory
   */
  public boolean update(String id, UpdateRequest request) {
    return store.update(
        id,
        before -> {
          ObjectNode payload = before.payload().deepCopy();
          if (request.metadata() != null) {
            payload.setAll(withoutIdentity(request.metadata()));
          }
          if (request.setExpirationDate()) {
            payload.put(
                PayloadKeys.EXPIRATION_DATE,
                request.expirationDate() == null ? null : request.expirationDate().toString());
          }
          String text = request.text() == null ? before.text() : request.text();
          payload.put(PayloadKeys.DATA, text);
          payload.put(PayloadKeys.HASH, md5(text));
          JsonNode createdAt = before.payload().get(PayloadKeys.CREATED_AT);
          if (createdAt != null) {
            payload.set(PayloadKeys.CREATED_AT, createdAt);
          }
          payload.put(PayloadKeys.UPDATED_AT, Timestamps.now());
          return embedded(new Memory(id, payload));
        });
  }

  private List<AddedMemory> addVerbatim(AddRequest request, @Nullable AddKey key) {
    List<EmbeddedMemory> memories = new ArrayList<>();
    List<AddedMemory> added = new ArrayList<>();
    for (Message message : request.messages()) {
      if (!message.role().equals(Message.SYSTEM)) {
        ObjectNode payload = payload(request, message.content());
        payload.put(PayloadKeys.ROLE, message.role());
        Memory memory = new Memory(newId(), payload);
        memories.add(embedded(memory));
        added.add(new AddedMemory(memory.id(), message.content(), message.role()));
      }
    }
    store(request, memories, null, key, added);
    return added;
  }

  private List<AddedMemory> addExtracted(
      AddRequest request, @Nullable AddKey key, MemoryExtractor model) {
    List<Message> messages = request.messages().stream().filter(MemoryService::isReadable).toList();
    List<Memory> related = related(messages, request.scope());
    ArrayNode lastMessages = store.lastMessages(request.scope());
    List<ExtractedMemory> extracted =
        model.extract(
            messages,
            related.stream().map(Memory::text).toList(),
            lastMessages,
            request.instructions());

    Set<String> known = new HashSet<>();
    related.forEach(memory -> known.add(md5(memory.text())));
    List<EmbeddedMemory> memories = new ArrayList<>();
    List<AddedMemory> added = new ArrayList<>();
    for (ExtractedMemory fact : extracted) {
      if (known.add(md5(fact.text()))) {
        ObjectNode payload = payload(request, fact.text());
        if (fact.attributedTo() != null) {
          payload.put(PayloadKeys.ATTRIBUTED_TO, fact.attributedTo());
        }
        Memory memory = new Memory(newId(), payload);
        memories.add(embedded(memory));
        added.add(new AddedMemory(memory.id(), fact.text(), null));
      }
    }
    store(request, memories, lastOf(lastMessages, messages), key, added);
    return added;
  }

  private void store(
      AddRequest request,
      List<EmbeddedMemory> memories,
      @Nullable ArrayNode lastMessages,
      @Nullable AddKey key,
      List<AddedMemory> added) {
    store.add(
        new Addition(
            memories, request.scope(), lastMessages, key == null ? null : key.answer(added)));
  }

  private List<Memory> related(List<Message> messages, Scope scope) {
    StringBuilder conversation = new StringBuilder();
    messages.forEach(
        message ->
            conversation
                .append(message.role())
                .append(": ")
                .append(message.content())
                .append('\n'));
    if (conversation.toString().isBlank()) {
      return List.of();
    }
    return search(conversation.toString(), scope, MetadataFilter.any(), CONTEXT_SIZE, 0, true)
        .stream()
        .map(SearchHit::memory)
        .toList();
  }

  private static ArrayNode lastOf(ArrayNode before, List<Message> messages) {
    ArrayNode all = before.deepCopy();
    for (Message message : messages) {
      all.addObject().put("role", message.role()).put("content", message.content());
    }
    while (all.size() > CONTEXT_SIZE) {
      all.remove(0);
    }
    return all;
  }

  private static boolean isReadable(Message message) {
    return Message.READABLE_ROLES.contains(message.role());
  }

  private static ObjectNode payload(AddRequest request, String text) {
    ObjectNode payload = withoutIdentity(request.metadata());
    request.scope().writeTo(payload);
    if (request.expirationDate() != null) {
      payload.put(PayloadKeys.EXPIRATION_DATE, request.expirationDate().toString());
    }
    payload.put(PayloadKeys.DATA, text);
    payload.put(PayloadKeys.HASH, md5(text));
    JsonNode createdAt =
        Optional.ofNullable(payload.get(PayloadKeys.CREATED_AT))
            .orElseGet(() -> Json.MAPPER.getNodeFactory().stringNode(Timestamps.now()));
    payload.set(PayloadKeys.CREATED_AT, createdAt);
    payload.set(PayloadKeys.UPDATED_AT, createdAt);
    return payload;
  }

  private static ObjectNode withoutIdentity(ObjectNode metadata) {
    return metadata.deepCopy().remove(PayloadKeys.IDENTITY);
  }

  private EmbeddedMemory embedded(Memory memory) {
    return new EmbeddedMemory(memory, embeddings.ofMemory(memory.text()));
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }

  private static String md5(String text) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      return HexFormat.of().formatHex(md5.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }
}
