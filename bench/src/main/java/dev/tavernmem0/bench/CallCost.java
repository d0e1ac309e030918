package dev.tavernmem0.bench;

import dev.tavernmem0.common.identity.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How many calls the writer makes with its default rules, with a virtual clock through its core: an
 * hour of chatting, and old chats. Baseline: a call for each turn.
 */
@Command(
    name = "calls",
    description = "Calls per 100 turns, of an hour of chatting and of old chats (virtual clock).")
final class CallCost implements Callable<Integer> {
  private static final Scope SCOPE = new Scope("default-user", "Mara");
  private static final Instant BEGIN = Instant.parse("2026-11-01T10:00:00Z");

  /** Whatever waits is written after that. */
  private static final Duration REST = Duration.ofMinutes(15);

  @Option(
      names = "--reply-after",
      description = "Seconds from a user's turn to its reply (default: ${DEFAULT-VALUE}).",
      defaultValue = "20")
  int replyAfter;

  @Option(
      names = "--user-after",
      description = "Seconds from a reply to the user's next turn (default: ${DEFAULT-VALUE}).",
      defaultValue = "80")
  int userAfter;

  @Option(
      names = "--hours",
      description = "How many hours are chatted, by themselves (default: ${DEFAULT-VALUE}).",
      defaultValue = "50")
  int hours;

  @Option(
      names = "--chats",
      description = "Old chats of the character (default: ${DEFAULT-VALUE}).",
      defaultValue = "50")
  int chats;

  @Option(
      names = "--chat-turns",
      description = "Turns of each (default: ${DEFAULT-VALUE}).",
      defaultValue = "150")
  int chatTurns;

  private final Figures figures = new Figures();

  @Override
  public Integer call() {
    VirtualWriter live = live();
    figures.title(
        "%d hours of chatting: a reply after %d s, the user after %d s; %,d turns"
            .formatted(hours, replyAfter, userAfter, live.turns()));
    report(live, "aim: at most 20");
    VirtualWriter old = old();
    figures.title("%d old chats of %d turns; %,d turns".formatted(chats, chatTurns, old.turns()));
    report(old, "aim: at most 8");
    return 0;
  }

  private VirtualWriter live() {
    VirtualWriter writer = new VirtualWriter(SCOPE, BEGIN);
    for (int hour = 0; hour < hours; hour++) {
      Talk talk = new Talk("Mara", "live-" + hour, hour);
      Instant end = writer.now().plus(Duration.ofHours(1));
      while (writer.now().isBefore(end)) {
        writer.fold(talk.said(writer.now()));
        writer.pass(Duration.ofSeconds(replyAfter));
        writer.fold(talk.said(writer.now()));
        writer.pass(Duration.ofSeconds(userAfter));
      }
      writer.pass(REST);
    }
    return writer;
  }

  private VirtualWriter old() {
    VirtualWriter writer = new VirtualWriter(SCOPE, BEGIN);
    for (int chat = 0; chat < chats; chat++) {
      new Talk("Mara", "old-" + chat, chat).old(chatTurns).forEach(writer::fold);
    }
    writer.pass(REST);
    return writer;
  }

  private void report(VirtualWriter writer, String aim) {
    double cost = 100.0 * writer.calls() / writer.turns();
    figures.figure("calls per 100 turns", cost, aim);
    figures.figure("turns of a batch, on average", (double) writer.turns() / writer.calls(), "");
    figures.ratio("calls / a call for each turn", cost / 100, "");
  }
}
