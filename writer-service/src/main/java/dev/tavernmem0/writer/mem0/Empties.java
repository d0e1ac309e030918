package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells chats in which there is nothing to remember from a model that does not answer as mem0
 * expects: mem0 then stores nothing and says so in its log only. Small talk is of one chat, or of a
 * few batches; that batch after batch of several chats holds nothing is no coincidence.
 * Thread-safe.
 */
final class Empties {
  /** Of so many chats, at least. */
  private static final int CHATS = 3;

  /** While it lasts, some are tried now and then; so many of them are remembered. */
  private static final int MOST_REMEMBERED = 10_000;

  private static final int MOST_TURNS_REMEMBERED = 100_000;

  private final int most;
  private final Set<String> chats = new HashSet<>();
  private final Set<String> triedAgain = new HashSet<>();
  private final List<Batch> inARow = new ArrayList<>();
  private List<Batch> toBeTriedAgain = List.of();
  private int length;

  /** A batch. */
  record Batch(Scope scope, String batchId) {}

  /**
   * None so far.
   *
   * @param most so many in a row are no coincidence; 0 takes any number for one
   */
  Empties(int most) {
    this.most = most;
  }

  /** mem0 kept something, or found that it knows it. */
  synchronized void kept(LedgerEntry batch) {
    isTriedAgain(batch);
    if (areTheProviders()) {
      toBeTriedAgain = List.copyOf(inARow);
    }
    inARow.clear();
    chats.clear();
    length = 0;
  }

  /** mem0 kept nothing of a batch. */
  synchronized void empty(LedgerEntry batch) {
    if (isTriedAgain(batch)) {
      // It may hold nothing indeed, and tells nothing new.
      return;
    }
    length++;
    chats.add(batch.chatId());
    if (inARow.size() < MOST_REMEMBERED) {
      inARow.add(new Batch(batch.scope(), batch.batchId()));
    }
  }

  /** A batch that mem0 kept nothing of is taken back, to be written again as it is. */
  synchronized void triesAgain(LedgerEntry batch) {
    if (triedAgain.size() < MOST_TURNS_REMEMBERED) {
      triedAgain.addAll(turns(batch));
    }
  }

  private boolean isTriedAgain(LedgerEntry batch) {
    return triedAgain.removeAll(turns(batch));
  }

  private static Set<String> turns(LedgerEntry batch) {
    return batch.turns().stream().map(LedgerTurn::turnId).collect(Collectors.toSet());
  }

  /** Whether it is the provider, and not what is said. */
  synchronized boolean areTheProviders() {
    return most > 0 && length >= most && chats.size() >= CHATS;
  }

  /** What to tell an operator. */
  synchronized String message() {
    return ("mem0 found nothing to remember in %d batches of %d chats in a row: its model may not"
            + " answer in the form that mem0 asks for, see mem0's log; when that is mended, POST"
            + " /v1/requeues?fate=empty")
        .formatted(length, chats.size());
  }

  /**
   * Batches in which nothing was found while it was the provider, now that it is mended; each is
   * told once.
   */
  synchronized List<Batch> toBeTriedAgain() {
    List<Batch> batches = toBeTriedAgain;
    toBeTriedAgain = List.of();
    return batches;
  }
}
