package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.writer.scope.ScopeState;
import dev.tavernmem0.writer.sweep.SweepOrder;
import dev.tavernmem0.writer.sweep.SweepResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which scope is to be compared with mem0 next, and what was found in those that were. Outlives a
 * session; belongs to the session's thread.
 */
final class Sweeps {
  private static final Logger LOG = LoggerFactory.getLogger(Sweeps.class);

  /** All scopes are looked through for the next one no more often than this. */
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  /**
   * A look that is under way no longer than this is joined; what it found before is too old then.
   */
  private static final Duration JOINED = Duration.ofMinutes(10);

  private final SweepOptions options;
  private final Map<Scope, Compared> compared = new HashMap<>();

  /** When what was found in a scope was last mended, too, as far as it is by itself. */
  private final Map<Scope, Instant> mendedAt = new HashMap<>();

  private final Map<Scope, Suspected> suspects = new HashMap<>();

  /** See {@link SweepOrder#unwanted}. */
  private final Map<Scope, Set<String>> unwanted = new HashMap<>();

  /** Scopes that are to be compared because somebody only wants to know. */
  private final Set<Scope> toLookAt = new HashSet<>();

  private Instant askedToLookAt = Instant.MIN;

  private final Map<Scope, Instant> notBefore = new HashMap<>();

  /** Scopes that are to be compared once more before their time, and when. */
  private final Map<Scope, Instant> again = new HashMap<>();

  /** The scope that is being compared. */
  private @Nullable Scope running;

  /** What is found in it is out of date. */
  private boolean overtaken;

  private final Instant first;
  private Instant lookAgain = Instant.MIN;
  private @Nullable Instant askedAt;
  private @Nullable Instant lastEndedAt;
  private @Nullable String lastError;
  private long deleted;
  private long adopted;

  private record Compared(SweepResult result, Instant at) {}

  /**
   * See {@link SweepOrder#suspectedBefore}.
   *
   * @param until so long they stay, whoever asks for what meanwhile: the writer that had the scope
   *     before may still be about to tell of them
   */
  private record Suspected(Set<String> ids, Instant until) {}

  /**
   * A scope that is to be compared.
   *
   * @param order what is to be done about what is found
   */
  record Due(AssignedPartition partition, ScopeState scope, SweepOrder order) {}

  Sweeps(SweepOptions options, Instant now) {
    this.options = options;
    this.first = now.plus(options.firstAfter());
  }

  /** All scopes are to be compared, as soon as that can be. */
  void ask(Instant now) {
    askedAt = now;
    lastError = null;
    notBefore.clear();
    lookAgain = Instant.MIN;
  }

  /** As {@link #ask}, but nothing is to be changed; goes on with what is under way of that. */
  void askToLook(Collection<AssignedPartition> partitions, Instant now) {
    if (toLookAt.isEmpty() || askedToLookAt.isBefore(now.minus(JOINED))) {
      toLookAt.addAll(scopes(partitions));
      askedToLookAt = now;
    }
    lastError = null;
    notBefore.clear();
    lookAgain = Instant.MIN;
  }

  /**
   * What was found so far of batches that the ledger does not know is to be deleted.
   *
   * @param count how many of them somebody has seen who wants that
   * @return false if there are not so many, and nothing is to be deleted
   */
  boolean strangersAreUnwanted(int count) {
    int found = compared.values().stream().mapToInt(it -> it.result().strangers().size()).sum();
    if (found != count) {
      return false;
    }
    compared.forEach(
        (scope, last) -> {
          if (!last.result().strangers().isEmpty()) {
            unwanted.put(scope, last.result().strangers());
          }
        });
    return true;
  }

  private static Set<Scope> scopes(Collection<AssignedPartition> partitions) {
    Set<Scope> scopes = new HashSet<>();
    partitions.forEach(partition -> partition.scopes().forEach(scope -> scopes.add(scope.scope())));
    return scopes;
  }

  /** The scope whose turn it is; null if none is due, or nothing is known of those that are. */
  @Nullable Due next(Collection<AssignedPartition> partitions, Instant now) {
    if (now.isBefore(lookAgain)) {
      return null;
    }
    Due longestAgo = null;
    Instant since = Instant.MAX;
    for (AssignedPartition partition : partitions) {
      if (!partition.caughtUp()) {
        continue;
      }
      for (ScopeState scope : partition.scopes()) {
        Instant last = lastOf(scope.scope());
        if (last.isBefore(since) && isDue(scope, now)) {
          longestAgo = new Due(partition, scope, order(scope.scope(), now));
          since = last;
        }
      }
    }
    if (longestAgo == null) {
      lookAgain = now.plus(LOOK_EVERY);
    }
    return longestAgo;
  }

  private SweepOrder order(Scope scope, Instant now) {
    return new SweepOrder(
        !isToBeMended(scope, now),
        suspectedLongEnough(scope, now),
        unwanted.getOrDefault(scope, Set.of()));
  }

  private Set<String> suspectedLongEnough(Scope scope, Instant now) {
    Suspected suspected = suspects.get(scope);
    return suspected == null || now.isBefore(suspected.until()) ? Set.of() : suspected.ids();
  }

  /** The comparison of a scope is begun. */
  void begun(Scope scope) {
    running = scope;
    overtaken = false;
  }

  /** The comparison of a scope cannot be begun yet, because something else is under way in it. */
  void isBusy(Scope scope, Instant now) {
    notBefore.put(scope, now.plus(LOOK_EVERY));
  }

  private Instant lastOf(Scope scope) {
    Compared last = compared.get(scope);
    return last == null ? Instant.MIN : last.at();
  }

  private boolean isDue(ScopeState scope, Instant now) {
    if (scope.active() || now.isBefore(notBefore.getOrDefault(scope.scope(), Instant.MIN))) {
      return false;
    }
    return toLookAt.contains(scope.scope()) || isToBeMended(scope.scope(), now);
  }

  private boolean isToBeMended(Scope scope, Instant now) {
    Instant last = mendedAt.getOrDefault(scope, Instant.MIN);
    if (isAskedFor(scope) || isTimeToLookAgain(scope, now)) {
      return true;
    }
    return !options.areOff() && !now.isBefore(first) && last.isBefore(now.minus(options.every()));
  }

  private boolean isTimeToLookAgain(Scope scope, Instant now) {
    return !now.isBefore(again.getOrDefault(scope, Instant.MAX));
  }

  private boolean isAskedFor(Scope scope) {
    return askedAt != null && mendedAt.getOrDefault(scope, Instant.MIN).isBefore(askedAt);
  }

  /** A scope was compared, or could not be. */
  void ended(SweepResult result, Instant now) {
    Scope scope = result.scope();
    boolean isOutOfDate = overtaken && scope.equals(running);
    running = null;
    deleted += result.deleted();
    adopted += result.dryRun() ? 0 : result.adoptions().size();
    if (result.error() != null) {
      note(result.error());
    }
    if (!result.whole() || isOutOfDate) {
      // What had to make way is done again once the scope has come to rest.
      notBefore.put(scope, now.plus(result.error() == null ? LOOK_EVERY : options.retry()));
      return;
    }
    toLookAt.remove(scope);
    if (!result.dryRun()) {
      mended(result, now);
    }
    Compared before = compared.put(scope, new Compared(result, now));
    boolean news = before == null || !before.result().missing().equals(result.missing());
    if (news && !result.missing().isEmpty()) {
      LOG.warn(
          "{} memories of {} batches that were written are not in mem0: see GET /v1/sweep",
          memories(result),
          result.missing().size());
    }
    lastEndedAt = now;
    if (result.error() == null) {
      lastError = null;
    }
  }

  /** What is left over yet is to be mended too, and soon. */
  private void mended(SweepResult result, Instant now) {
    Scope scope = result.scope();
    mendedAt.put(scope, now);
    Suspected before = suspects.remove(scope);
    again.remove(scope);
    if (!result.suspects().isEmpty()) {
      Instant until = now.plus(options.retry());
      // Asking again and again does not put it off.
      if (before != null
          && now.isBefore(before.until())
          && before.ids().containsAll(result.suspects())) {
        until = before.until();
      }
      suspects.put(scope, new Suspected(result.suspects(), until));
      again.put(scope, until);
    }
    if (result.notDeleted() > 0) {
      again.put(scope, now.plus(result.error() == null ? LOOK_EVERY : options.retry()));
    }
    if (result.notDeleted() == 0) {
      unwanted.remove(scope);
    }
  }

  private void note(String error) {
    if (!error.equals(lastError)) {
      LOG.warn("a scope cannot be compared with mem0, and is tried again later: {}", error);
    }
    lastError = error;
  }

  /** Batches of a scope whose memories are not there. */
  Set<String> batchesWithMissing(Scope scope) {
    Compared last = compared.get(scope);
    Set<String> batches = new HashSet<>();
    if (last != null) {
      last.result().missing().forEach(missing -> batches.add(missing.batchId()));
    }
    return batches;
  }

  /** What was found in the scope is being mended; it is to be compared again after that. */
  void mended(Scope scope) {
    compared.remove(scope);
    mendedAt.remove(scope);
    notBefore.remove(scope);
    overtaken |= scope.equals(running);
  }

  /** What was found, of the scopes that are there. */
  SweepStatus status(Collection<AssignedPartition> partitions) {
    Set<Scope> scopes = scopes(partitions);
    for (Map<Scope, ?> each : List.of(compared, mendedAt, suspects, unwanted, notBefore, again)) {
      each.keySet().retainAll(scopes);
    }
    toLookAt.retainAll(scopes);
    List<SweepFinding> findings = new ArrayList<>();
    int done = 0;
    int missingMemories = 0;
    int missingBatches = 0;
    int strangers = 0;
    int leftOver = 0;
    int unrecorded = 0;
    for (Compared each : compared.values()) {
      SweepResult result = each.result();
      boolean isToCome = isAskedFor(result.scope()) || toLookAt.contains(result.scope());
      done += isToCome ? 0 : 1;
      missingMemories += memories(result);
      missingBatches += result.missing().size();
      strangers += result.strangers().size();
      leftOver += result.leftOver();
      unrecorded += unrecorded(result);
      if (!result.missing().isEmpty()
          || !result.strangers().isEmpty()
          || result.leftOver() + unrecorded(result) + result.notLookedUp() > 0) {
        findings.add(finding(each));
      }
    }
    findings.sort(Comparator.comparing(SweepFinding::userId).thenComparing(SweepFinding::agentId));
    return new SweepStatus(
        !options.areOff(),
        scopes.size(),
        done,
        lastEndedAt,
        missingMemories,
        missingBatches,
        strangers,
        leftOver,
        unrecorded,
        deleted,
        adopted,
        lastError,
        findings);
  }

  private static int unrecorded(SweepResult result) {
    return result.dryRun() ? result.adoptions().size() : 0;
  }

  /** One that tells two batches is one. */
  private static int memories(SweepResult result) {
    return (int)
        result.missing().stream()
            .flatMap(missing -> missing.memoryIds().stream())
            .distinct()
            .count();
  }

  private static SweepFinding finding(Compared compared) {
    SweepResult result = compared.result();
    return new SweepFinding(
        result.scope().userId(),
        result.scope().agentId(),
        compared.at(),
        result.missing(),
        result.strangers().size(),
        result.leftOver(),
        unrecorded(result),
        result.notLookedUp());
  }
}
