package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.batch.ChatInfo;
import dev.tavernmem0.writer.batch.ChatState;
import dev.tavernmem0.writer.batch.Work;
import dev.tavernmem0.writer.mem0.Outcome;
import dev.tavernmem0.writer.mem0.WorkPool;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Has the work of the chats done, and keeps track of it. Belongs to the session's thread. */
final class Dispatcher {
  private final WorkPool pool;
  private final ConsumerSession session;
  private final Map<WorkPool.Running, AssignedPartition> running = new HashMap<>();

  Dispatcher(WorkPool pool, ConsumerSession session) {
    this.pool = pool;
    this.session = session;
  }

  /** Begins what the chat wants done next, if there is room and its scope is free. */
  void begin(AssignedPartition partition, ChatState chat, Instant now) {
    ChatInfo info = chat.info();
    if (info == null || pool.isBusy(info.scope()) || !pool.hasRoom()) {
      return;
    }
    Work work = chat.next(now, partition.caughtUp());
    if (work == null) {
      return;
    }
    WorkPool.Running begun = pool.prepare(partition.number(), work);
    running.put(begun, partition);
    pool.run(begun)
        .whenComplete(
            (outcome, failure) ->
                session.enqueue(() -> ended(begun, partition, chat, outcome, failure)));
  }

  private void ended(
      WorkPool.Running begun,
      AssignedPartition partition,
      ChatState chat,
      @Nullable Outcome outcome,
      @Nullable Throwable failure) {
    boolean ours = running.remove(begun) != null;
    if (failure != null) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      if (!(cause instanceof CancellationException)) {
        session.fail(cause);
      }
      return;
    }
    if (ours && outcome != null) {
      session.finished(partition, chat, outcome);
    }
  }

  /** Makes no further attempts for these partitions; those under way go on. */
  void abandon(Collection<AssignedPartition> partitions) {
    running.forEach(
        (begun, partition) -> {
          if (partitions.contains(partition)) {
            begun.abandon();
          }
        });
  }

  /** Whether a call may be under way for one of these partitions. */
  boolean attempting(Collection<AssignedPartition> partitions) {
    return running.entrySet().stream()
        .anyMatch(entry -> partitions.contains(entry.getValue()) && entry.getKey().inAttempt());
  }

  /** How many pieces of work are begun and not ended. */
  int inFlight() {
    return running.size();
  }
}
