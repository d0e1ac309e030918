package dev.tavernmem0.writer.scope;

/** Counts what waits to be written: each utterance once, in whatever chats it waits. */
final class WaitingCount {
  private final Chats chats;
  private final Utterances utterances;
  private final Rewrites rewrites;
  private final InFlight inFlight;

  WaitingCount(Chats chats, Utterances utterances, Rewrites rewrites, InFlight inFlight) {
    this.chats = chats;
    this.utterances = utterances;
    this.rewrites = rewrites;
    this.inFlight = inFlight;
  }

  Waiting now() {
    Waiting waiting = rewrites.waiting().and(inFlight.waiting());
    for (Chat chat : chats.all()) {
      for (SaidTurn said : chat.waiting().inOrder()) {
        if (utterances.of(said).anchor() == said) {
          waiting =
              waiting.and(
                  said.backlog() ? Waiting.ofBacklog(said.since()) : Waiting.ofLive(said.since()));
        }
      }
    }
    return waiting;
  }
}
