package dev.tavernmem0.retriever.search;

import dev.tavernmem0.common.mem0.Memory;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A last line of defence: nobody may read another's memories because mem0 lost a filter. A memory
 * counts as somebody's own only if mem0 says so: its {@code user_id} and {@code agent_id} are those
 * that were asked for. Every generation of mem0 states both beside the text of each result (0.1 to
 * 2.0 were read); what states none was not stored for anybody here. Thread-safe.
 */
public final class OwnMemories {
  private static final Logger LOG = LoggerFactory.getLogger(OwnMemories.class);

  private final Left others;
  private final Left unstated;

  public OwnMemories(MeterRegistry meters) {
    this.others = new Left(meters, "other", "are another user's or character's than asked for");
    this.unstated = new Left(meters, "unstated", "do not say whose they are");
  }

  /**
   * The memories that are of this user and, if one is named, of this character or group.
   *
   * @param userId encoded user
   * @param agentId encoded character or group; null if any will do
   */
  public List<Memory> of(String userId, @Nullable String agentId, List<Memory> found) {
    return found.stream().filter(memory -> isOwn(userId, agentId, memory)).toList();
  }

  private boolean isOwn(String userId, @Nullable String agentId, Memory memory) {
    boolean ofTheUser = userId.equals(memory.userId());
    if (ofTheUser && (agentId == null || agentId.equals(memory.agentId()))) {
      return true;
    }
    boolean stated = memory.userId() != null && (agentId == null || memory.agentId() != null);
    (stated ? others : unstated).leaveOut(memory);
    return false;
  }

  /** What was left out for one reason: all of it counted, the first of it told. */
  private static final class Left {
    private final String why;
    private final Counter counter;
    private final AtomicBoolean told = new AtomicBoolean();

    private Left(MeterRegistry meters, String reason, String why) {
      this.why = why;
      this.counter =
          Counter.builder("tavern.retriever.foreign")
              .description("Memories that mem0 returned, but not as those of whom was asked for")
              .tag("reason", reason)
              .register(meters);
    }

    private void leaveOut(Memory memory) {
      counter.increment();
      if (told.compareAndSet(false, true)) {
        LOG.warn(
            "mem0 answers with memories that {}, first {}: they are left out, and counted in {}."
                + " Has mem0 lost its filters?",
            why,
            memory.id(),
            counter.getId().getName());
      }
    }
  }
}
