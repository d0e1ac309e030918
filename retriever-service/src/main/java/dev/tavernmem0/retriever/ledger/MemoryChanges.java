package dev.tavernmem0.retriever.ledger;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.retriever.scope.GroupDirectory;
import dev.tavernmem0.retriever.search.ScopeGenerations;
import java.util.EnumSet;
import java.util.Set;

/** What an entry means here: a group's members, and answers in the cache that hold no longer. */
public final class MemoryChanges implements LedgerListener {
  /** States of a batch in which mem0 holds the same as before. */
  private static final Set<Fate> CHANGE_NOTHING =
      EnumSet.of(Fate.PENDING, Fate.SKIPPED, Fate.SAID, Fate.HELD, Fate.EMPTY);

  private final GroupDirectory groups;
  private final ScopeGenerations generations;

  public MemoryChanges(GroupDirectory groups, ScopeGenerations generations) {
    this.groups = groups;
    this.generations = generations;
  }

  @Override
  public void entry(LedgerEntry entry) {
    groups.learn(entry);
    if (!CHANGE_NOTHING.contains(entry.fate())) {
      generations.advance(entry.scope());
    }
  }
}
