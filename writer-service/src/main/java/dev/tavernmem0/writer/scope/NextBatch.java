package dev.tavernmem0.writer.scope;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which waiting turns of a scope are written next, and whether it is time. Holds no state. What is
 * said now goes chat by chat, longest waiting first; the backlog oldest first across all chats, so
 * that what was said later has the last word.
 */
final class NextBatch {
  private final BatchRules rules;
  private final IntSupplier mostTokens;
  private final Utterances utterances;

  NextBatch(BatchRules rules, IntSupplier mostTokens, Utterances utterances) {
    this.rules = rules;
    this.mostTokens = mostTokens;
    this.utterances = utterances;
  }

  /** The next batch of what is said now; null if there is none yet. */
  @Nullable List<SaidTurn> live(Collection<Chat> chats, Instant now, boolean caughtUp) {
    Instant lastSaid = Instant.MIN;
    for (Chat chat : chats) {
      lastSaid = chat.lastSaid().isAfter(lastSaid) ? chat.lastSaid() : lastSaid;
    }
    List<SaidTurn> next = null;
    for (Chat chat : chats) {
      if (!chat.waiting().hasLive()) {
        continue;
      }
      boolean left = caughtUp && chat.lastSaid().isBefore(lastSaid);
      List<SaidTurn> batch = live(chat, left, now, caughtUp);
      boolean first =
          batch != null && (next == null || batch.get(0).since().isBefore(next.get(0).since()));
      next = first ? batch : next;
    }
    return next;
  }

  private @Nullable List<SaidTurn> live(Chat chat, boolean left, Instant now, boolean caughtUp) {
    List<SaidTurn> waiting = waiting(chat, false);
    boolean quiet = chat.quietFor(rules.quiet(), now);
    // Who has gone on to another chat does not swipe in this one.
    int settled = left && quiet ? waiting.size() : settled(chat, waiting, now);
    Batching.Trigger trigger = Batching.Trigger.FULL;
    if (tooOld(waiting.subList(0, settled), now)) {
      trigger = Batching.Trigger.AGE;
    } else if (caughtUp && quiet && (left || chat.idleFor(rules.linger(), now))) {
      trigger = Batching.Trigger.IDLE;
    }
    return cut(waiting, settled, trigger, rules.maxTurns());
  }

  /** The next batch of the backlog; null if there is none. */
  @Nullable List<SaidTurn> backlog(Collection<Chat> chats, Instant now) {
    List<SaidTurn> next = null;
    for (Chat chat : chats) {
      if (chat.waiting().isEmpty()) {
        continue;
      }
      List<SaidTurn> waiting = waiting(chat, true);
      if (waiting.isEmpty()) {
        continue;
      }
      int settled = settled(chat, waiting, now);
      Batching.Trigger trigger = Batching.Trigger.FULL;
      if (chat.idleFor(rules.linger(), now)) {
        trigger = Batching.Trigger.IDLE;
      } else if (tooOld(waiting.subList(0, settled), now)) {
        trigger = Batching.Trigger.AGE;
      }
      List<SaidTurn> batch = cut(waiting, settled, trigger, rules.backlogTurns());
      boolean older =
          batch != null
              && (next == null || batch.get(0).changedAt().isBefore(next.get(0).changedAt()));
      next = older ? batch : next;
    }
    return next;
  }

  /**
   * Whether it is time to write turns again that were in a batch that is retracted.
   *
   * @param since they wait for that
   */
  boolean rewrite(Chat chat, List<SaidTurn> turns, Instant since, Instant now, boolean caughtUp) {
    return areSettled(chat, turns, now) && nothingIsOnItsWay(chat, since, now, caughtUp);
  }

  /** Whether turns will not be swiped away any more. */
  boolean areSettled(Chat chat, List<SaidTurn> turns, Instant now) {
    return turns.stream().allMatch(said -> chat.waiting().settled(said, rules.settle(), now));
  }

  private boolean nothingIsOnItsWay(Chat chat, Instant since, Instant now, boolean caughtUp) {
    return (caughtUp && chat.quietFor(rules.quiet(), now))
        || !since.isAfter(now.minus(rules.maxAge()));
  }

  private List<SaidTurn> waiting(Chat chat, boolean backlog) {
    List<SaidTurn> waiting = new ArrayList<>();
    for (SaidTurn said : chat.waiting().inOrder()) {
      if (said.backlog() == backlog && utterances.of(said).anchor() == said) {
        waiting.add(said);
      }
    }
    return waiting;
  }

  private int settled(Chat chat, List<SaidTurn> waiting, Instant now) {
    int settled = 0;
    while (settled < waiting.size()
        && chat.waiting().settled(waiting.get(settled), rules.settle(), now)) {
      settled++;
    }
    return settled;
  }

  private boolean tooOld(List<SaidTurn> turns, Instant now) {
    Instant limit = now.minus(rules.maxAge());
    return turns.stream().anyMatch(said -> !said.since().isAfter(limit));
  }

  private @Nullable List<SaidTurn> cut(
      List<SaidTurn> waiting, int settled, Batching.Trigger trigger, int mostTurns) {
    int size = Batching.size(waiting, settled, trigger, mostTurns, mostTokens.getAsInt());
    return size == 0 ? null : List.copyOf(waiting.subList(0, size));
  }
}
