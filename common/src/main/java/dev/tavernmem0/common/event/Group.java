package dev.tavernmem0.common.event;

import java.util.List;

/**
 * The group of a group chat.
 *
 * @param id SillyTavern's group id
 * @param name display name
 * @param members avatar file stems of the members, disabled ones included
 */
public record Group(String id, String name, List<String> members) {
  public Group {
    members = List.copyOf(members);
  }
}
