package dev.tavernmem0.writer.ledger;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of one chat in memory: the latest state of each batch, and which batch each turn is
 * in. Applying the topic's entries in their order gives the same ledger again. Not thread-safe.
 */
public final class ChatLedger {
  private final Map<String, LedgerEntry> entries = new LinkedHashMap<>();
  private final Map<String, String> batchOf = new HashMap<>();
  private int held;

  /** A turn as the ledger has it. */
  public record Known(LedgerEntry entry, LedgerTurn turn) {}

  /** Applies an entry. It takes the turns it names over from the entries that named them before. */
  public void put(LedgerEntry entry) {
    count(entries.put(entry.batchId(), entry), -1);
    count(entry, 1);
    for (LedgerTurn turn : entry.turns()) {
      String previous = batchOf.put(turn.turnId(), entry.batchId());
      if (previous != null && !previous.equals(entry.batchId())) {
        dropIfSuperseded(previous);
      }
    }
  }

  private void count(@Nullable LedgerEntry entry, int change) {
    if (entry != null && entry.fate() == Fate.HELD) {
      held += change;
    }
  }

  /** How many batches are on hold. */
  public int held() {
    return held;
  }

  private void dropIfSuperseded(String batchId) {
    LedgerEntry entry = entries.get(batchId);
    if (entry != null
        && (entry.fate() == Fate.SKIPPED || entry.fate() == Fate.RETRACTED)
        && owned(entry).isEmpty()) {
      entries.remove(batchId);
    }
  }

  /** Removes an entry and what it says of its turns. */
  public void remove(String batchId) {
    LedgerEntry entry = entries.remove(batchId);
    count(entry, -1);
    if (entry != null) {
      entry.turns().forEach(turn -> batchOf.remove(turn.turnId(), batchId));
    }
  }

  /** What the ledger says of a turn; null if nothing. */
  public @Nullable Known find(String turnId) {
    String batchId = batchOf.get(turnId);
    LedgerEntry entry = batchId == null ? null : entries.get(batchId);
    if (entry == null) {
      return null;
    }
    for (LedgerTurn turn : entry.turns()) {
      if (turn.turnId().equals(turnId)) {
        return new Known(entry, turn);
      }
    }
    return null;
  }

  public @Nullable LedgerEntry get(String batchId) {
    return entries.get(batchId);
  }

  /** Those turns of an entry that no later entry has taken over. */
  public List<LedgerTurn> owned(LedgerEntry entry) {
    List<LedgerTurn> owned = new ArrayList<>(entry.turns().size());
    for (LedgerTurn turn : entry.turns()) {
      if (entry.batchId().equals(batchOf.get(turn.turnId()))) {
        owned.add(turn);
      }
    }
    return owned;
  }

  /** Latest state of every batch, in the order of their first entries. */
  public Collection<LedgerEntry> entries() {
    return Collections.unmodifiableCollection(entries.values());
  }
}
