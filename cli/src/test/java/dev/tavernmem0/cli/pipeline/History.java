package dev.tavernmem0.cli.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * What happens to one user of a pipeline, with faults in between. All of it follows from the seed,
 * but for how far the pipeline has come at each step.
 */
final class History {
  private static final int STEPS = 90;
  private static final int LONGEST_PAUSE_MS = 120;

  private final World world;
  private final long seed;
  private final String handle;
  private final List<String> steps = new ArrayList<>();
  private Instant playedAt = Instant.now();

  History(World world, long seed) {
    this.world = world;
    this.seed = seed;
    this.handle = "user" + seed;
  }

  /**
   * Plays it to its end and checks.
   *
   * @throws AssertionError with all that happened, if something is not as it must be
   */
  MemoryCheck.Findings play() {
    try {
      MemoryCheck.Findings findings = playAndCheck();
      if (!findings.problems().isEmpty()) {
        throw new AssertionError(String.join("\n", findings.problems()));
      }
      return findings;
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          "seed %d, %s:%n%s%n%nsteps:%n%s%nlogs: %s"
              .formatted(
                  seed,
                  world.generation(),
                  e instanceof AssertionError ? e.getMessage() : e.toString(),
                  String.join("", steps),
                  world.directory()),
          e);
    }
  }

  /** When the last step was done, and what follows is the way to rest. */
  Instant playedAt() {
    return playedAt;
  }

  private void happened(String step) {
    String line =
        LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.MILLIS) + " " + step + "\n";
    steps.add(line);
    try {
      // A history that hangs leaves them too.
      Files.writeString(
          world.directory().resolve("steps-" + seed + ".txt"),
          line,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private MemoryCheck.Findings playAndCheck() {
    Random random = new Random(seed);
    RandomTavern tavern = new RandomTavern(world.dataRoot(), handle, seed, random);
    RandomFaults faults = new RandomFaults(world);
    world
        .awaitScopes(handle, tavern.people().size())
        .forEach(
            (directory, scope) ->
                tavern.people().stream()
                    .filter(person -> person.directory().equals(directory))
                    .forEach(person -> person.seen(scope)));
    for (int i = 0; i < STEPS; i++) {
      switch (random.nextInt(40)) {
        case 0, 1, 2, 3, 4, 5 -> happened("! " + faults.strike(random));
        case 6 -> {
          if (random.nextInt(3) == 0) {
            world.confirmHolds();
            happened("  holds are confirmed");
          }
        }
        default -> happened("  " + tavern.act(random));
      }
      // The pace is part of the history.
      LockSupport.parkNanos(Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MS)).toNanos());
    }
    try {
      tavern.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    playedAt = Instant.now();
    world.awaitRest(handle);
    MemoryCheck.Findings findings = MemoryCheck.of(world, handle);
    List<String> problems = new ArrayList<>(findings.problems());
    problems.addAll(lostScopes(tavern));
    world.dismissOthers();
    return new MemoryCheck.Findings(problems, findings.fates(), findings.memories());
  }

  private List<String> lostScopes(RandomTavern tavern) {
    Map<String, String> scopes = world.log().scopes(handle);
    List<String> problems = new ArrayList<>();
    for (RandomTavern.Person person : tavern.people()) {
      String scope = scopes.get(person.directory());
      if (person.keepsScope() && scope != null && !scope.equals(person.scope())) {
        problems.add(
            "%s had the scope %s and has %s".formatted(person.directory(), person.scope(), scope));
      }
    }
    return problems;
  }
}
