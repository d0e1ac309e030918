package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.batch.ChatInfo;
import dev.tavernmem0.writer.batch.ChatState;
import dev.tavernmem0.writer.batch.Task;
import dev.tavernmem0.writer.mem0.TaskPool;
import dev.tavernmem0.writer.mem0.TaskResult;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Has the tasks of the chats carried out, and keeps track of them. Belongs to the session's thread.
 */
final class Dispatcher {
  private final TaskPool pool;
  private final ConsumerSession session;
  private final Map<TaskPool.StartedTask, AssignedPartition> started = new HashMap<>();

  Dispatcher(TaskPool pool, ConsumerSession session) {
    this.pool = pool;
    this.session = session;
  }

  /** Begins what the chat wants done next, if there is room and its scope is free. */
  void begin(AssignedPartition partition, ChatState chat, Instant now) {
    ChatInfo info = chat.info();
    if (info == null || pool.isBusy(info.scope()) || !pool.hasRoom()) {
      return;
    }
    Task task = chat.next(now, partition.caughtUp());
    if (task == null) {
      return;
    }
    TaskPool.StartedTask begun = pool.prepare(partition.number(), task);
    started.put(begun, partition);
    pool.run(begun)
        .whenComplete(
            (result, failure) ->
                session.enqueue(() -> ended(begun, partition, chat, result, failure)));
  }

  private void ended(
      TaskPool.StartedTask begun,
      AssignedPartition partition,
      ChatState chat,
      @Nullable TaskResult result,
      @Nullable Throwable failure) {
    boolean ours = started.remove(begun) != null;
    if (failure != null) {
      Throwable wrapped = failure instanceof CompletionException ? failure.getCause() : null;
      Throwable cause = wrapped == null ? failure : wrapped;
      if (!(cause instanceof CancellationException)) {
        session.fail(cause);
      }
      return;
    }
    if (ours && result != null) {
      session.finished(partition, chat, result);
    }
  }

  /** Makes no further attempts for these partitions; those under way go on. */
  void abandon(Collection<AssignedPartition> partitions) {
    started.forEach(
        (begun, partition) -> {
          if (partitions.contains(partition)) {
            begun.abandon();
          }
        });
  }

  /** Whether a call may be under way for one of these partitions. */
  boolean attempting(Collection<AssignedPartition> partitions) {
    return started.entrySet().stream()
        .anyMatch(entry -> partitions.contains(entry.getValue()) && entry.getKey().inAttempt());
  }

  /** How many tasks are begun and not ended. */
  int inFlight() {
    return started.size();
  }
}
