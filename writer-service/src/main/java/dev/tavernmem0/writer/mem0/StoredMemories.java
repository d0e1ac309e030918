package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.writer.scope.Lane;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What mem0 holds, whoever put it there, as an operation of a user looks at it and deletes it. Each
 * call has its turn among those of the writer's tasks. Thread-safe.
 */
public final class StoredMemories {
  /** mem0 1.x returns no more than 100. */
  private static final int MOST = 1000;

  private final Mem0Calls calls;

  public StoredMemories(Mem0Calls calls) {
    this.calls = calls;
  }

  /**
   * The first of a scope's. A mem0 that has lost its filters lists what is others': that is left
   * out.
   *
   * @throws dev.tavernmem0.common.mem0.Mem0Exception if mem0 does not answer, or refuses
   */
  public List<Memory> of(Scope scope) {
    LaneCalls turn = turn();
    try {
      return turn.list(scope, MOST).stream()
          .filter(memory -> scope.userId().equals(memory.userId()))
          .filter(memory -> scope.agentId().equals(memory.agentId()))
          .toList();
    } finally {
      turn.giveBack();
    }
  }

  /**
   * Deletes; one that is gone already does not matter.
   *
   * @throws dev.tavernmem0.common.mem0.Mem0Exception if mem0 does not answer, or refuses
   */
  public void delete(Collection<String> ids) {
    LaneCalls turn = turn();
    try {
      ids.forEach(turn::forget);
    } finally {
      turn.giveBack();
    }
  }

  /** The batch that a memory says it is of; null if it is of none. */
  public static @Nullable String batchOf(Memory memory) {
    Object batch = memory.metadata().get(BatchRequest.BATCH_ID);
    return batch instanceof String id ? id : null;
  }

  private LaneCalls turn() {
    return calls.of(Lane.LIVE, () -> false, () -> false);
  }
}
