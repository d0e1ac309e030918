package dev.tavernmem0.bench;

/**
 * Old chats, one for each of many characters.
 *
 * @param first number of the first character
 * @param characters how many
 * @param turnsEach turns of each chat
 */
record Backlog(int first, int characters, int turnsEach) {
  static String character(int number) {
    return "Character " + number;
  }

  /** Publishes them, one chat after the other, and returns when they are in the topic. */
  void publish(TurnTopic turns) {
    for (int i = first; i < first + characters; i++) {
      new Talk(character(i), "old-" + i, i).old(turnsEach).forEach(turns::publish);
    }
    turns.flush();
  }

  int turns() {
    return characters * turnsEach;
  }
}
