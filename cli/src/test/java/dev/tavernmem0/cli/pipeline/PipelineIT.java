package dev.tavernmem0.cli.pipeline;

import dev.tavernmem0.testkit.mem0.Generation;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of a user of SillyTavern, while every process of the pipeline is killed and
 * frozen, writers come and go, and mem0 fails in every way. In the end, when all is well again,
 * mem0 holds what the chat files say: each utterance once, under its character, or what became of
 * it is told.
 *
 * <p>{@code -Dpipeline.histories=200 -Dpipeline.seed=1} plays more of them, and one again.
 */
class PipelineIT {
  /** A pipeline is kept for so many histories, so that its topics stay small. */
  private static final int HISTORIES_OF_A_WORLD = 25;

  private static @Nullable World world;
  private static int played;

  /** Those of one generation of mem0 one after the other. */
  static List<Long> seeds() {
    long first = Long.getLong("pipeline.seed", 20261127L);
    int count = Integer.getInteger("pipeline.histories", 2);
    List<Long> seeds = new ArrayList<>(LongStream.range(first, first + count).boxed().toList());
    seeds.sort(Comparator.comparing(PipelineIT::generation).reversed());
    return seeds;
  }

  private static Generation generation(long seed) {
    return seed % 2 == 0 ? Generation.V2 : Generation.V1;
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void in_the_end_mem0_holds_what_the_chats_say_once(long seed) {
    World running = world(generation(seed));
    Instant start = Instant.now();
    History history = new History(running, seed);
    String end = "WRONG";
    try {
      MemoryCheck.Findings findings = history.play();
      end = findings.memories() + " memories, turns " + findings.fates();
    } catch (AssertionError e) {
      System.out.println(e.getMessage());
      end();
      throw e;
    } finally {
      System.out.printf(
          "%s seed %d: %.1f s, then %.1f s to rest; %s%n",
          LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS),
          seed,
          Duration.between(start, history.playedAt()).toMillis() / 1000.0,
          Duration.between(history.playedAt(), Instant.now()).toMillis() / 1000.0,
          end);
    }
  }

  private static World world(Generation generation) {
    if (world != null && (world.generation() != generation || played >= HISTORIES_OF_A_WORLD)) {
      end();
    }
    World running = world;
    if (running == null) {
      running = World.open(generation);
      world = running;
      played = 0;
    }
    played++;
    return running;
  }

  @AfterAll
  static void end() {
    if (world != null) {
      world.close();
      world = null;
    }
  }
}
