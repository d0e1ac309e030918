package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.LedgerEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers the effects of one step. What the step closes is closed with its last entry: entries
 * become durable in their order, and until all of them are, the events must be read again.
 */
final class Effects {
  private final List<Effect> owed = new ArrayList<>();
  private final List<Effect> durable = new ArrayList<>();
  private final List<Long> closes = new ArrayList<>();

  void append(LedgerEntry entry) {
    durable.add(new Effect.Append(entry, List.of()));
  }

  void forget(LedgerEntry entry) {
    durable.add(new Effect.Forget(entry.key(), List.of()));
  }

  void close(long offset) {
    closes.add(offset);
  }

  void owe(long offset) {
    owed.add(new Effect.Owe(offset));
  }

  List<Effect> list() {
    List<Effect> effects = new ArrayList<>(owed);
    if (durable.isEmpty()) {
      if (!closes.isEmpty()) {
        effects.add(new Effect.Close(List.copyOf(closes)));
      }
      return effects;
    }
    effects.addAll(durable.subList(0, durable.size() - 1));
    Effect last = durable.get(durable.size() - 1);
    effects.add(
        last instanceof Effect.Append append
            ? new Effect.Append(append.entry(), List.copyOf(closes))
            : new Effect.Forget(((Effect.Forget) last).key(), List.copyOf(closes)));
    return effects;
  }
}
