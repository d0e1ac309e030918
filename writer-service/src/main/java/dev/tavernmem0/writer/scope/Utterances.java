package dev.tavernmem0.writer.scope;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The utterances of a scope. Two turns of one chat are never the same utterance, even if they are
 * word for word the same ("Yes."): of turns with one key, each chat's first says the key itself,
 * the next {@code key#2} and so on; which one is which is kept for as long as the turn lives. Not
 * thread-safe.
 */
final class Utterances {
  private static final char ORDINAL = '#';

  private final Map<String, Utterance> byId = new LinkedHashMap<>();
  private final Map<String, List<Utterance>> byKey = new HashMap<>();

  @Nullable Utterance find(String id) {
    return byId.get(id);
  }

  /** What a turn of the scope says. */
  Utterance of(SaidTurn said) {
    return Objects.requireNonNull(byId.get(said.utterance()), said.utterance());
  }

  /** The utterance with an id that the ledger names. */
  Utterance named(String id) {
    int ordinal = id.indexOf(ORDINAL);
    return add(id, ordinal < 0 ? id : id.substring(0, ordinal));
  }

  /**
   * What a turn says. Of those that fit, the first that no other turn of its chat says.
   *
   * @param key of role, speaker, date and text
   */
  Utterance saidIn(Chat chat, String turnId, String key) {
    List<Utterance> same = byKey.getOrDefault(key, List.of());
    for (Utterance utterance : same) {
      if (!utterance.isSaidIn(chat, turnId)) {
        return utterance;
      }
    }
    String id = key;
    for (int ordinal = 2; byId.containsKey(id); ordinal++) {
      id = key + ORDINAL + ordinal;
    }
    return add(id, key);
  }

  private Utterance add(String id, String key) {
    Utterance known = byId.get(id);
    if (known != null) {
      return known;
    }
    Utterance added = new Utterance(id, key);
    byId.put(id, added);
    byKey.computeIfAbsent(key, same -> new ArrayList<>(1)).add(added);
    return added;
  }

  /** Forgets an utterance that nobody says and no batch holds. */
  void dropIfUnused(Utterance utterance) {
    if (utterance.isSaid() || utterance.batchId() != null) {
      return;
    }
    byId.remove(utterance.id());
    List<Utterance> same = byKey.get(utterance.key());
    if (same != null) {
      same.remove(utterance);
      if (same.isEmpty()) {
        byKey.remove(utterance.key());
      }
    }
  }
}
