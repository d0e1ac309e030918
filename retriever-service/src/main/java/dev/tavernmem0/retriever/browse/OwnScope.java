package dev.tavernmem0.retriever.browse;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.mem0.Memory;
import java.util.Optional;

/** Whose a memory is, for decisions about it. */
final class OwnScope {
  private OwnScope() {}

  /** Empty if another program stored the memory: nothing of ours would write or delete it. */
  static Optional<Scope> of(Memory memory) {
    String user = memory.userId();
    String agent = memory.agentId();
    return user == null || agent == null || agent.isEmpty() || agent.indexOf('/') >= 0
        ? Optional.empty()
        : Optional.of(new Scope(user, agent));
  }
}
