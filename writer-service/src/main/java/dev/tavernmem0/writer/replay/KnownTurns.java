package dev.tavernmem0.writer.replay;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.writer.scope.ScopeState;
import dev.tavernmem0.writer.scope.TurnFate;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The versions of turns that ledger and chats know. Their offsets alone tell of most of the log
 * that nothing in it is news. Immutable.
 */
public final class KnownTurns {
  private final Map<Place, Version> versions;
  private final long[] offsets;
  private final Map<Scope, Set<String>> forgotten;

  /** A turn in a scope: what was moved to another character is known in each by itself. */
  private record Place(Scope scope, String turnId) {}

  private record Version(long offset, @Nullable String hash) {}

  private KnownTurns(
      Map<Place, Version> versions, long[] offsets, Map<Scope, Set<String>> forgotten) {
    this.versions = versions;
    this.offsets = offsets;
    this.forgotten = forgotten;
  }

  /** What scopes know. */
  public static KnownTurns of(Collection<ScopeState> scopes) {
    Map<Place, Version> versions = new HashMap<>();
    LongStream.Builder offsets = LongStream.builder();
    for (ScopeState scope : scopes) {
      for (TurnFate fate : scope.fates()) {
        Place place = new Place(scope.scope(), fate.turnId());
        add(versions, place, fate.offset(), fate.gone() ? null : fate.hash());
        if (!fate.gone()) {
          offsets.add(fate.offset());
        }
      }
      for (LedgerEntry entry : scope.entries()) {
        for (LedgerTurn turn : entry.turns()) {
          Place place = new Place(scope.scope(), turn.turnId());
          add(versions, place, turn.offset(), turn.gone() ? null : turn.hash());
          // What one scope has no more may stand there for another one.
          if (!turn.gone()) {
            offsets.add(turn.offset());
          }
        }
      }
    }
    Map<Scope, Set<String>> forgotten = new HashMap<>();
    scopes.forEach(scope -> forgotten.put(scope.scope(), scope.forgotten()));
    return new KnownTurns(versions, offsets.build().sorted().toArray(), forgotten);
  }

  private static void add(
      Map<Place, Version> versions, Place place, long offset, @Nullable String hash) {
    Version known = versions.get(place);
    if (known == null || known.offset() < offset) {
      versions.put(place, new Version(offset, hash));
    }
  }

  /** Whether what stands at an offset is a version that is known. */
  public boolean contains(long offset) {
    return Arrays.binarySearch(offsets, offset) >= 0;
  }

  /** Whether a turn, or other words of it, stand there that are not known. */
  boolean isNews(Scope scope, String turnId, long offset, String hash) {
    if (forgotten.getOrDefault(scope, Set.of()).contains(turnId)) {
      return false;
    }
    Version known = versions.get(new Place(scope, turnId));
    return known == null || (offset > known.offset() && !hash.equals(known.hash()));
  }
}
