package dev.tavernmem0.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The adds that a mem0 was given: when, how many turns, and whether their order was kept: never two
 * of a character at a time, and the turns of a chat in their order. Times are {@link
 * System#nanoTime}. Thread-safe.
 */
final class AddLog {
  private final List<Begun> adds = new ArrayList<>();
  private final Map<Begun, Long> ends = new HashMap<>();
  private final Set<String> busy = new HashSet<>();
  private final Map<String, Integer> lastPlaces = new HashMap<>();
  private final Map<String, CompletableFuture<Begun>> awaited = new HashMap<>();
  private int disorder;
  private int turns;

  /**
   * An add.
   *
   * @param number counts up
   * @param character whose it is
   * @param at when it came
   */
  record Begun(int number, String character, long at) {}

  /** The next add of a chat. */
  synchronized CompletableFuture<Begun> next(String chatId) {
    return awaited.computeIfAbsent(chatId, id -> new CompletableFuture<>());
  }

  /**
   * An add has come.
   *
   * @param places of its turns in their chat
   * @param at when it came
   */
  synchronized Begun begin(String character, String chatId, List<Integer> places, long at) {
    Begun begun = new Begun(adds.size(), character, at);
    adds.add(begun);
    turns += places.size();
    boolean inOrder = busy.add(character);
    for (Integer place : places) {
      Integer last = lastPlaces.put(chatId, place);
      inOrder &= last == null || last < place;
    }
    disorder += inOrder ? 0 : 1;
    CompletableFuture<Begun> waiting = awaited.remove(chatId);
    if (waiting != null) {
      waiting.complete(begun);
    }
    return begun;
  }

  synchronized void end(Begun begun) {
    busy.remove(begun.character());
    ends.put(begun, System.nanoTime());
  }

  synchronized int count() {
    return adds.size();
  }

  synchronized int turns() {
    return turns;
  }

  /** How many adds came out of order. */
  synchronized int disorder() {
    return disorder;
  }

  /** From the first add to the beginning of the last one, seconds. */
  synchronized double seconds() {
    return (adds.get(adds.size() - 1).at() - adds.get(0).at()) / 1e9;
  }

  /**
   * Which part of so many places was taken, from the first add to the beginning of the last one:
   * before, the log is being read; after, work runs out.
   */
  synchronized double utilisation(int places) {
    long from = adds.get(0).at();
    long to = adds.get(adds.size() - 1).at();
    double taken = 0;
    for (Begun add : adds) {
      taken += Math.min(to, ends.getOrDefault(add, to)) - add.at();
    }
    return taken / ((double) places * (to - from));
  }
}
