package dev.tavernmem0.writer.mem0;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Most tokens of a batch: as configured, or fewer, if mem0 says that its embedder takes fewer, or
 * if what it refused whole was taken in parts. Learned anew after a start. Thread-safe.
 */
public final class TokenLimit {
  private static final Logger LOG = LoggerFactory.getLogger(TokenLimit.class);

  /** Small enough for the smallest embedders, and large enough for some turns. */
  private static final int LEAST = 200;

  private static final int MOST_REMEMBERED = 100;

  private final int configured;
  private int most;
  private int largestTaken;

  /** What of refused batches was not taken since, with their tokens; the oldest first. */
  private final Map<Set<String>, Integer> refused = new LinkedHashMap<>();

  public TokenLimit(int configured) {
    this.configured = configured;
    this.most = configured;
  }

  /** So many tokens at most. */
  public synchronized int most() {
    return most;
  }

  /**
   * mem0 embeds a batch as one text, and its embedder takes so many tokens. A quarter is left for
   * what is not counted: another tokenizer, and what mem0 puts around the messages.
   */
  synchronized void embedderTakes(int tokens) {
    lower(tokens / 4 * 3, "mem0 says that its embedder takes " + tokens);
  }

  /** mem0 refused a batch for good. */
  synchronized void refused(Collection<String> turnIds, int tokens) {
    if (turnIds.size() == 1) {
      // It was not for the others' length.
      refused.keySet().removeIf(turns -> turns.containsAll(turnIds));
    } else if (tokens > largestTaken) {
      refused.put(new HashSet<>(turnIds), tokens);
      if (refused.size() > MOST_REMEMBERED) {
        refused.remove(refused.keySet().iterator().next());
      }
    }
  }

  /**
   * mem0 took a batch. If it was the last missing part of one that was refused, that was too long.
   */
  synchronized void taken(Collection<String> turnIds, int tokens) {
    largestTaken = Math.max(largestTaken, tokens);
    most = Math.max(most, Math.min(tokens, configured));
    Map<Set<String>, Integer> left = new LinkedHashMap<>();
    int tooLong = Integer.MAX_VALUE;
    for (Map.Entry<Set<String>, Integer> each : refused.entrySet()) {
      Set<String> turns = new HashSet<>(each.getKey());
      turns.removeAll(turnIds);
      if (each.getValue() <= largestTaken) {
        continue;
      }
      if (turns.isEmpty()) {
        tooLong = Math.min(tooLong, each.getValue());
      } else {
        left.put(turns, each.getValue());
      }
    }
    refused.clear();
    refused.putAll(left);
    if (tooLong < Integer.MAX_VALUE) {
      lower(
          Math.max(tooLong / 5 * 4, largestTaken),
          "mem0 refused a batch of " + tooLong + " and took it in parts");
    }
  }

  /** A turn is given up: what held it was refused for it, and not for its length. */
  synchronized void givenUp(String turnId) {
    refused.keySet().removeIf(turns -> turns.contains(turnId));
  }

  /** Whatever was refused was refused by a provider that takes nothing. */
  synchronized void providerRefuses() {
    refused.clear();
  }

  private void lower(int tokens, String why) {
    int lower = Math.max(LEAST, tokens);
    if (lower < most) {
      LOG.info("batches have {} tokens at most from now on: {}", lower, why);
      most = lower;
    }
  }
}
