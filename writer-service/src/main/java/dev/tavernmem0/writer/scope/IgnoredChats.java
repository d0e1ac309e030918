package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chats that their user does not want remembered. As with hidden turns, what of them is written
 * already stays; what waits is skipped, and waits again when the user changes their mind. Not
 * thread-safe.
 */
final class IgnoredChats {
  /** Why their turns are skipped. The words are part of the ledger's format. */
  static final String REASON = "chat not to be remembered";

  private final Chats chats;
  private final Utterances utterances;
  private final ScopeLedger ledger;
  private final LedgerUpdates updates;
  private Set<String> ids = Set.of();

  IgnoredChats(Chats chats, Utterances utterances, ScopeLedger ledger, LedgerUpdates updates) {
    this.chats = chats;
    this.utterances = utterances;
    this.ledger = ledger;
    this.updates = updates;
  }

  /** Why a turn is not worth a memory, by its own reason or by its chat; null if it is. */
  @Nullable String reason(Chat chat, @Nullable String own) {
    return own == null && ids.contains(chat.id()) ? REASON : own;
  }

  /** These are ignored from now on, and no others. */
  void become(Set<String> chatIds, Effects effects) {
    ids = Set.copyOf(chatIds);
    for (Chat chat : chats.all()) {
      boolean ignored = ids.contains(chat.id());
      for (SaidTurn said : List.copyOf(chat.turns())) {
        Utterance utterance = utterances.of(said);
        boolean inBatch = utterance.batchId() != null || utterance.rewriteOf() != null;
        if (ignored && said.worthAMemory() && !inBatch) {
          skip(said, effects);
        } else if (ignored && said.worthAMemory() && mem0HoldsNothing(utterance)) {
          // Its batch may be tried again, and is then written without it.
          replace(said, REASON);
        } else if (!ignored && REASON.equals(said.reason())) {
          remember(said, effects);
        }
      }
    }
  }

  private boolean mem0HoldsNothing(Utterance utterance) {
    LedgerEntry batch = utterance.batchId() == null ? null : ledger.get(utterance.batchId());
    return batch != null && (batch.fate() == Fate.DEAD || batch.fate() == Fate.EMPTY);
  }

  private void skip(SaidTurn said, Effects effects) {
    SaidTurn skipped = replace(said, REASON);
    skipped.chat().waiting().remove(said);
    updates.record(skipped, effects);
  }

  private void remember(SaidTurn said, Effects effects) {
    SaidTurn remembered = replace(said, null);
    Utterance utterance = utterances.of(remembered);
    if (utterance.batchId() != null) {
      if (ledger.ofTurn(remembered.turnId()) != null) {
        updates.record(remembered, effects);
      }
    } else if (utterance.rewriteOf() == null) {
      remembered.chat().waiting().add(remembered);
    }
  }

  private SaidTurn replace(SaidTurn said, @Nullable String reason) {
    SaidTurn version = said.because(reason);
    utterances.of(said).saidBy(version);
    said.chat().put(version);
    return version;
  }
}
