package dev.tavernmem0.common.kafka;

import dev.tavernmem0.common.identity.Scope;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * The partition that a scope's turns, ledger and dead letters are in: all chats of a scope share
 * one, so that a scope has one writer, one order and one view. The key of the turns stays the chat.
 */
public final class ScopePartition {
  private ScopePartition() {}

  /**
   * Kafka's own hash (murmur2) of {@code user_id/agent_id}, so that any client can work it out.
   *
   * @param partitions of the topic, at least 1
   */
  public static int of(Scope scope, int partitions) {
    byte[] name = (scope.userId() + "/" + scope.agentId()).getBytes(StandardCharsets.UTF_8);
    return Utils.toPositive(Utils.murmur2(name)) % partitions;
  }
}
