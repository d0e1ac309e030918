package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import dev.tavernmem0.writer.consume.ChatQueries;
import dev.tavernmem0.writer.consume.HoldOperations;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of a character's chats, with branches, deletions, restores and snapshots, while
 * writers in processes of their own are killed and frozen between any two steps and mem0 fails in
 * every way. In the end mem0 holds what the chats say, once. A history is played again by its seed.
 */
class ScopeHistoryIT extends WriterFixture {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final int STEPS = 40;

  /** What tells one extraction of the same words from another. */
  private static final Pattern WORDING = Pattern.compile(" \\(wording \\d+\\)$");

  private final Map<String, ChatLog> chats = new LinkedHashMap<>();
  private final Deque<Restorable> bin = new ArrayDeque<>();
  private final List<WriterProcess> writers = new ArrayList<>();
  private int said;

  private record Restorable(String chat, Turn turn) {}

  /** {@code -Dwriter.histories=200 -Dwriter.histories.seed=1} plays more of them. */
  static List<Long> seeds() {
    long first = Long.getLong("writer.histories.seed", 20261126L);
    List<Long> seeds = new ArrayList<>();
    for (int i = 0; i < Integer.getInteger("writer.histories", 2); i++) {
      seeds.add(first + i);
    }
    return seeds;
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void in_the_end_mem0_holds_what_the_chats_say_once(long seed) {
    Random random = new Random(seed);
    mem0.close();
    mem0 =
        FaultyMem0Server.builder()
            .generation(seed % 2 == 0 ? Generation.V2 : Generation.V1)
            .extractor(Extractor.paraphrasing())
            .start();
    Map<String, String> settings = settings();
    settings.put("tavern.writer.batch.max-turns", "3");
    settings.put("tavern.writer.batch.backlog-turns", "5");
    settings.put("tavern.writer.retract.hold-turns", "6");
    try {
      for (int step = 0; step < STEPS; step++) {
        act(random);
        disturb(random, settings);
        // The pace is part of the history.
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(250)).toNanos());
      }
      watcher.flush();
    } finally {
      writers.forEach(WriterProcess::close);
    }
    mem0.heal();

    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      await("rest, seed " + seed).atMost(LONG).until(() -> atRest(writer));
      check(seed);
    }
  }

  private boolean atRest(WriterUnderTest writer) {
    boolean quiet =
        writer.status().partitions().size() == TurnPublisher.PARTITIONS
            && writer.status().waitingTurns() == 0
            && writer.status().inFlight() == 0
            && writer.status().partitions().stream()
                .allMatch(partition -> partition.openRecords() == 0);
    if (quiet) {
      var holds = writer.bean(ChatQueries.class).holds();
      holds.forEach(hold -> writer.bean(HoldOperations.class).confirm(hold.id()));
      return holds.isEmpty();
    }
    return false;
  }

  private ChatLog chat(String name) {
    return chats.computeIfAbsent(name, id -> watcher.chat("default-user:" + id, "Seraphina"));
  }

  private void act(Random random) {
    ChatLog chat = chat(random.nextBoolean() ? "one" : "two");
    List<Turn> turns = chat.turns();
    int any = turns.isEmpty() ? 0 : random.nextInt(turns.size());
    String what = "thing number " + said++ + " of this history";
    int kind = turns.isEmpty() ? 0 : random.nextInt(14);
    switch (kind) {
      case 0, 1, 2 -> chat.user("I tell of " + what);
      case 3, 4 -> chat.reply("She tells of " + what);
      case 5 -> chat.swipe(turns.size() - 1, "Rather of " + what);
      case 6 -> chat.edit(any, "Edited to " + what);
      case 7 -> {
        bin.push(new Restorable(chat.chatId(), turns.get(any)));
        chat.delete(any);
      }
      case 8 -> {
        ChatLog branch = chat("branch-" + random.nextInt(2));
        if (branch.turns().isEmpty()) {
          branch.copyOf(chat, any + 1);
        } else {
          branch.user("In the branch of " + what);
        }
      }
      case 9 -> chat("branch-" + random.nextInt(2)).deleteChat();
      case 10 -> chat.read();
      case 11 -> {
        chat.loseEventsOf(() -> chat.delete(any));
        chat.read();
      }
      case 12 -> {
        Restorable deleted = bin.poll();
        if (deleted != null) {
          chats.values().stream()
              .filter(one -> one.chatId().equals(deleted.chat()))
              .forEach(one -> one.restore(one.turns().size(), deleted.turn()));
        }
      }
      default -> chat.hide(any, !turns.get(any).hidden());
    }
  }

  private void disturb(Random random, Map<String, String> settings) {
    switch (random.nextInt(8)) {
      case 0 -> mem0.on(Calls.add()).once(fault(random));
      case 1 -> mem0.on(Calls.delete()).once(Fault.status(500));
      case 2 -> mem0.on(Calls.search()).once(Fault.resetBefore());
      case 3 -> {
        if (writers.isEmpty()) {
          writers.add(WriterProcess.start(settings));
        }
      }
      case 4 -> {
        if (!writers.isEmpty() && random.nextInt(3) == 0) {
          writers.remove(0).kill();
        }
      }
      default -> {
        if (writers.isEmpty()) {
          writers.add(WriterProcess.start(settings));
        }
      }
    }
  }

  private static Fault fault(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Fault.status(500);
      case 1 -> Fault.resetBefore();
      case 2 -> Fault.resetAfter();
      case 3 -> Fault.neverAnswer();
      case 4 -> Fault.storesButTimesOut();
      default -> Fault.delay(Duration.ofMillis(700));
    };
  }

  private void check(long seed) {
    Set<String> mustBe = new HashSet<>();
    Set<String> mayBe = new HashSet<>();
    for (ChatLog chat : chats.values()) {
      for (Turn turn : chat.turns()) {
        (turn.hidden() ? mayBe : mustBe).add(turn.name() + ": " + turn.text());
      }
    }
    Map<String, Integer> held = new HashMap<>();
    for (StoredMemory memory : mem0.memories()) {
      held.merge(WORDING.matcher(memory.text()).replaceFirst(""), 1, Integer::sum);
      assertThat(memory.agentId()).as("scope, seed %d", seed).isEqualTo("Seraphina");
    }
    assertThat(held.keySet()).as("remembered, seed %d", seed).containsAll(mustBe);
    Set<String> others = new HashSet<>(held.keySet());
    others.removeAll(mustBe);
    others.removeAll(mayBe);
    assertThat(others).as("what nobody says, seed %d", seed).isEmpty();
    assertThat(held.values()).as("stored twice, seed %d: %s", seed, held).containsOnly(1);
  }
}
