package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.event.Source;
import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.util.List;

/**
 * What a batch inherits from its chat, as the latest event has it.
 *
 * @param chatFile file name
 * @param groupMembers mem0 agent ids of the group's members; empty for solo chats
 */
public record ChatInfo(String chatFile, List<String> groupMembers) {
  /** Reads it from an event's source. */
  static ChatInfo of(Source source) {
    Group group = source.group();
    List<String> members =
        group == null ? List.of() : group.members().stream().map(Mem0Ids::character).toList();
    return new ChatInfo(source.chatFile(), members);
  }

  static ChatInfo of(LedgerEntry entry) {
    return new ChatInfo(entry.chatFile(), entry.groupMembers());
  }
}
