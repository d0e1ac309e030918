package dev.tavernmem0.writer.api;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.service.problem.Problem;
import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.writer.consume.ChatQueries;
import dev.tavernmem0.writer.consume.ChatSummary;
import dev.tavernmem0.writer.consume.DeadBatch;
import dev.tavernmem0.writer.consume.Hold;
import dev.tavernmem0.writer.consume.HoldOperations;
import dev.tavernmem0.writer.consume.Requeue;
import dev.tavernmem0.writer.consume.RequeueOperation;
import dev.tavernmem0.writer.consume.TurnConsumer;
import dev.tavernmem0.writer.consume.WriterStatus;
import dev.tavernmem0.writer.scope.TurnFate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Where turns are on their way to memories. Holds no chat text. */
@RestController
@RequestMapping("/v1")
class WriterController {
  private final TurnConsumer consumer;
  private final ChatQueries queries;
  private final HoldOperations operations;
  private final RequeueOperation requeue;

  WriterController(
      TurnConsumer consumer,
      ChatQueries queries,
      HoldOperations operations,
      RequeueOperation requeue) {
    this.consumer = consumer;
    this.queries = queries;
    this.operations = operations;
    this.requeue = requeue;
  }

  @GetMapping("/status")
  WriterStatus status() {
    return consumer.status();
  }

  @GetMapping("/chats")
  List<ChatSummary> chats() {
    return queries.chats();
  }

  @GetMapping("/turns")
  List<TurnFate> turns(@RequestParam("chat_id") String chatId) {
    return queries
        .turns(chatId)
        .orElseThrow(
            () ->
                notFound(
                    "no-such-chat", "chat", "chat_id", chatId, "take an id from GET /v1/chats"));
  }

  @GetMapping("/holds")
  List<Hold> holds() {
    return queries.holds();
  }

  @PostMapping("/holds/{id}/confirm")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Hold confirm(@PathVariable("id") String id) {
    return operations.confirm(id).orElseThrow(() -> noHold(id));
  }

  @PostMapping("/holds/{id}/discard")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Hold discard(@PathVariable("id") String id) {
    return operations.discard(id).orElseThrow(() -> noHold(id));
  }

  @GetMapping("/dead-letters")
  List<DeadBatch> dead() {
    return queries.dead();
  }

  @GetMapping("/dead-letters/{id}")
  DeadBatch dead(@PathVariable("id") String id) {
    return queries.dead().stream()
        .filter(batch -> batch.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                notFound(
                    "no-such-dead-letter",
                    "dead letter",
                    "id",
                    id,
                    "take an id from GET /v1/dead-letters"));
  }

  /** Has batches tried again; all of the fates that are not narrowed. */
  @PostMapping("/requeues")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Requeue.Outcome requeue(
      @RequestParam("fate") List<String> fates,
      @RequestParam(name = "chat_id", required = false) @Nullable String chatId,
      @RequestParam(name = "batch_id", required = false) @Nullable String batchId) {
    Set<Fate> selected = EnumSet.noneOf(Fate.class);
    for (String fate : fates) {
      selected.add(
          Requeue.POSSIBLE.stream()
              .filter(possible -> possible.json().equals(fate))
              .findFirst()
              .orElseThrow(
                  () -> RefusedException.invalidField("fate", fate, "take dead, empty or both")));
    }
    if (selected.isEmpty()) {
      throw RefusedException.invalidField("fate", "", "take dead, empty or both");
    }
    return requeue.carryOut(new Requeue(selected, chatId, batchId));
  }

  private static RefusedException noHold(String id) {
    return notFound("no-such-hold", "hold", "id", id, "take an id from GET /v1/holds");
  }

  private static RefusedException notFound(
      String type, String what, String field, String id, String fix) {
    return new RefusedException(
        Problem.of(HttpStatus.NOT_FOUND, type, "There is no " + what + " '" + id + "' here.")
            .in(field, id, fix));
  }
}
