package dev.tavernmem0.cli.operate;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which batches are tried again; all that fit, unless they are narrowed. */
final class BatchSelection {
  @Option(names = "--chat", paramLabel = "CHAT")
  private @Nullable String chat;

  @Option(names = "--batch", paramLabel = "ID")
  private @Nullable String batch;

  /** Has them tried again, and shows how many they are. */
  int requeue(RequestPath what, Services services, Screen screen) {
    String chatId = chat == null ? null : ChatNames.of(services, screen.messages()).idOf(chat);
    var outcome = services.writer().post(what.with("chat_id", chatId).with("batch_id", batch));
    screen.show(
        outcome,
        () ->
            screen.say(
                "requeue.done", outcome.path("batches").asInt(0), outcome.path("turns").asInt(0)));
    return ExitCodes.OK;
  }
}
