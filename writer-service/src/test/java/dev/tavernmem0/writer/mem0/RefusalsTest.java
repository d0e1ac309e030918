package dev.tavernmem0.writer.mem0;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  private final Refusals refusals = new Refusals();

  private void refused(String... turnIds) {
    refusals.refused(List.of(turnIds), "400");
  }

  @Test
  void three_single_turns_in_a_row_are_the_providers_fault() {
    refused("a");
    refused("b");
    assertThat(refusals.areTheProviders()).isFalse();
    refused("c");
    assertThat(refusals.areTheProviders()).isTrue();
  }

  @Test
  void three_batches_in_a_row_may_be_the_providers_fault_or_too_long() {
    refused("a", "b");
    refused("c", "d");
    assertThat(refusals.areTheProviders()).isFalse();
    refused("e", "f");
    assertThat(refusals.areTheProviders()).isTrue();
    assertThat(refusals.lessMayBeTaken()).isTrue();
  }

  @Test
  void a_turn_that_is_refused_alone_beside_them_shows_that_they_were_not_too_long() {
    refused("a", "b");
    refused("c", "d");
    refused("a");
    assertThat(refusals.lessMayBeTaken()).as("of two").isTrue();
    refused("e", "f");
    assertThat(refusals.lessMayBeTaken()).isFalse();
    refusals.taken(List.of("x"));
    assertThat(refusals.lessMayBeTaken()).isTrue();
  }

  @Test
  void the_parts_of_a_batch_count_for_it_and_not_beside_it() {
    refused("a", "b", "c", "d");
    refused("a", "b");
    refused("a");
    assertThat(refusals.areTheProviders()).isFalse();
  }

  @Test
  void whatever_is_taken_in_between_shows_that_the_provider_is_well() {
    refused("a");
    refused("b");
    refusals.taken(List.of("x"));
    refused("c");
    assertThat(refusals.areTheProviders()).isFalse();
  }

  @Test
  void a_turn_is_guilty_if_another_was_taken_between_its_refusals() {
    refused("a");
    assertThat(refusals.isGuilty("a")).isFalse();
    refusals.taken(List.of("x"));
    refused("a");
    assertThat(refusals.isGuilty("a")).isTrue();
  }
}
