package dev.tavernmem0.testkit.mem0;

import java.util.List;

/**
 * Stands in for the second question that mem0 1.x asks its model: what a new fact does to the
 * memories that are there.
 */
@FunctionalInterface
public interface Merging {

  /**
   * What becomes of a fact.
   *
   * @param fact as the extractor has it
   * @param memories of the scope, in the order they were added
   */
  Step of(String fact, List<StoredMemory> memories);

  /** Adds whatever comes, as mem0 2.x does. */
  static Merging never() {
    return (fact, memories) -> new Step.Add();
  }

  /** What mem0 1.x can do with a fact. */
  sealed interface Step {

    /** A memory of its own. */
    record Add() implements Step {}

    /** A memory gets this text, and the metadata of the request; the answer is {@code UPDATE}. */
    record Update(String id, String text) implements Step {}

    /** A memory is deleted, and the fact is not added; the answer is {@code DELETE}. */
    record Delete(String id) implements Step {}

    /** As {@link Delete}, and the fact is added. */
    record Replace(String id) implements Step {}

    /** Known already: nothing is done, and upstream's answer does not mention it. */
    record None() implements Step {}
  }
}
