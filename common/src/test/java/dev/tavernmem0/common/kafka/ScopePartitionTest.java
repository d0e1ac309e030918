package dev.tavernmem0.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.identity.Scope;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScopePartitionTest {

  /** What is in the log was put there by this: another hash would tear scopes apart. */
  @ParameterizedTest
  @CsvSource({
    "default-user, Seraphina, 7, 3",
    "default-user, Mara, 1, 5",
    "default-user, Mara~2, 2, 0",
    "default-user, group:1766912400123, 4, 6",
    "default-user, Mary+Jane, 10, 2",
    "default-user, 猫, 7, 3",
    "eve, Seraphina, 10, 2"
  })
  void a_scope_is_in_the_same_partition_for_ever(
      String user, String agent, int ofTwelve, int ofSeven) {
    Scope scope = new Scope(user, agent);

    assertThat(ScopePartition.of(scope, 12)).isEqualTo(ofTwelve);
    assertThat(ScopePartition.of(scope, 7)).isEqualTo(ofSeven);
    assertThat(ScopePartition.of(scope, 1)).isZero();
  }

  @Test
  void scopes_are_spread_over_all_partitions() {
    Set<Integer> used = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      used.add(ScopePartition.of(new Scope("default-user", "Character+" + i), 12));
    }

    assertThat(used).hasSize(12);
  }
}
