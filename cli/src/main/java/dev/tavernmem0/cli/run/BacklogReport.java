package dev.tavernmem0.cli.run;

/** How it stands with a writer's turns, in a sentence. */
final class BacklogReport {
  private final String keyVariable;
  private final int writerPort;

  /**
   * @param keyVariable where the key of its mem0 comes from
   * @param writerPort where the writer listens
   */
  BacklogReport(String keyVariable, int writerPort) {
    this.keyVariable = keyVariable;
    this.writerPort = writerPort;
  }

  /** Why nothing is written; empty if something is. */
  static String obstacle(WriterBacklog.State state) {
    return state.trouble().isEmpty() ? state.pausedBy() : state.trouble();
  }

  String howToResume() {
    return "to go on: curl -X POST http://127.0.0.1:" + writerPort + "/v1/resume";
  }

  String of(WriterBacklog.State state) {
    Long left = state.secondsLeft();
    if (!state.trouble().isEmpty()) {
      return "the writer does not run: " + state.trouble();
    }
    String turns =
        state.turns()
            + " turns still to be written"
            + (left == null || left < 60 ? "" : ", about " + (left + 30) / 60 + " min");
    return switch (state.pausedBy()) {
      case "" -> state.known() ? turns : "the chats are being read; so far " + turns;
      case "unavailable" -> turns + ", but mem0 does not answer; they wait for it";
      case "auth" -> turns + ", but mem0 refuses the key in " + keyVariable + "; they wait";
      case "provider" ->
          turns
              + ", but mem0's language model refuses whatever it is given, or makes nothing of it;"
              + " they wait. Check mem0's model, its key and its address; last_error in the"
              + " writer's status says more";
      case "operator" -> turns + ", but writing is paused; " + howToResume();
      case "disabled" -> turns + ", but mem0.enabled is false; they wait";
      default -> turns + ", but nothing is written now: " + state.pausedBy();
    };
  }
}
