package dev.tavernmem0.watcher.api;

import dev.tavernmem0.service.problem.Problem;
import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.watcher.rescue.ChatRescue;
import dev.tavernmem0.watcher.rescue.ChatSummaries;
import dev.tavernmem0.watcher.rescue.ChatSummary;
import dev.tavernmem0.watcher.rescue.RescuedChat;
import dev.tavernmem0.watcher.view.TurnLog;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /v1/rescues}: chats as the log has them, gone ones too. Each question reads the whole log.
 */
@RestController
@RequestMapping("/v1/rescues")
class RescuesController {
  private static final Logger LOG = LoggerFactory.getLogger(RescuesController.class);

  /** As much of a chat as the watcher reads of a file. */
  private static final long MOST_BYTES = Runtime.getRuntime().maxMemory() / 4;

  private final TurnLog log;

  RescuesController(TurnLog log) {
    this.log = log;
  }

  /**
   * What can be had.
   *
   * @param unreadableRecords of the log, which are no turn events
   */
  record Rescues(List<ChatSummary> chats, int unreadableRecords) {}

  @GetMapping
  Rescues list(
      @RequestParam(name = "handle", required = false) @Nullable String handle,
      @RequestParam(name = "character", required = false) @Nullable String character) {
    ChatSummaries summaries = new ChatSummaries(handle, character);
    int unreadable = log.read(summaries);
    return new Rescues(summaries.all(), unreadable);
  }

  /** The file. All of it is known before its first byte is sent, so a failure is a problem. */
  @GetMapping("/{chat_id}")
  void rescue(
      @PathVariable("chat_id") String chatId,
      @RequestParam(name = "at", required = false) @Nullable String at,
      HttpServletResponse response)
      throws IOException {
    long untilMs = at == null ? Long.MAX_VALUE : milliseconds(at);
    ChatRescue rescue = new ChatRescue(chatId, untilMs, MOST_BYTES);
    int unreadable = log.read(rescue);
    RescuedChat chat = rescue.result().orElseThrow(() -> notThere(chatId, at, rescue));
    LOG.info(
        "chat {} is rescued as of {}: {} turns, {} of them rebuilt",
        chatId,
        chat.savedAt(),
        chat.turns(),
        chat.rebuiltTurns());
    response.setContentType("application/jsonl");
    response.setContentLengthLong(chat.bytes());
    response.setHeader(
        HttpHeaders.CONTENT_DISPOSITION,
        ContentDisposition.attachment()
            .filename(chat.fileName(), StandardCharsets.UTF_8)
            .build()
            .toString());
    response.setHeader("X-Tavern-Turns", Integer.toString(chat.turns()));
    response.setHeader("X-Tavern-Rebuilt-Turns", Long.toString(chat.rebuiltTurns()));
    response.setHeader("X-Tavern-Unreadable-Records", Integer.toString(unreadable));
    response.setHeader("X-Tavern-Saved-At", chat.savedAt().toString());
    Instant deletedAt = chat.deletedAt();
    if (deletedAt != null) {
      response.setHeader("X-Tavern-Deleted-At", deletedAt.toString());
    }
    chat.writeTo(response.getOutputStream());
  }

  private static RefusedException notThere(String chatId, @Nullable String at, ChatRescue rescue) {
    return rescue
        .firstAt()
        .map(
            first ->
                RefusedException.invalidField(
                    "at",
                    at,
                    "the log has the chat since " + first + "; send that or a later time"))
        .orElseGet(
            () ->
                new RefusedException(
                    Problem.of(
                            HttpStatus.NOT_FOUND,
                            "no-such-chat",
                            "The log has no chat with the id '" + chatId + "'.")
                        .in("chat_id", chatId, "take a chat_id from GET /v1/rescues")));
  }

  private static long milliseconds(String at) {
    try {
      return OffsetDateTime.parse(at).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw RefusedException.invalidField(
          "at", at, "send a date and time with its zone: 2025-12-28T09:00:00Z");
    }
  }
}
