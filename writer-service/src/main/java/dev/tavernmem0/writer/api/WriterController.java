package dev.tavernmem0.writer.api;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.service.problem.Problem;
import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.writer.consume.Batch;
import dev.tavernmem0.writer.consume.BatchCursor;
import dev.tavernmem0.writer.consume.BatchPage;
import dev.tavernmem0.writer.consume.BatchQueries;
import dev.tavernmem0.writer.consume.BatchSelection;
import dev.tavernmem0.writer.consume.ChatQueries;
import dev.tavernmem0.writer.consume.ChatSummary;
import dev.tavernmem0.writer.consume.DeadBatch;
import dev.tavernmem0.writer.consume.Hold;
import dev.tavernmem0.writer.consume.HoldOperations;
import dev.tavernmem0.writer.consume.PauseOperation;
import dev.tavernmem0.writer.consume.Requeue;
import dev.tavernmem0.writer.consume.RequeueOperation;
import dev.tavernmem0.writer.consume.SweepOperation;
import dev.tavernmem0.writer.consume.SweepStatus;
import dev.tavernmem0.writer.consume.TurnConsumer;
import dev.tavernmem0.writer.consume.WriterStatus;
import dev.tavernmem0.writer.scope.TurnFate;
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
  private static final int MOST_BATCHES = 500;

  private final TurnConsumer consumer;
  private final ChatQueries queries;
  private final BatchQueries batches;
  private final HoldOperations operations;
  private final RequeueOperation requeue;
  private final PauseOperation pause;
  private final SweepOperation sweep;

  WriterController(
      TurnConsumer consumer,
      ChatQueries queries,
      BatchQueries batches,
      HoldOperations operations,
      RequeueOperation requeue,
      PauseOperation pause,
      SweepOperation sweep) {
    this.consumer = consumer;
    this.queries = queries;
    this.batches = batches;
    this.operations = operations;
    this.requeue = requeue;
    this.pause = pause;
    this.sweep = sweep;
  }

  @GetMapping("/status")
  WriterStatus status() {
    return consumer.status();
  }

  @PostMapping("/pause")
  WriterStatus pause() {
    return pause.pause();
  }

  @PostMapping("/resume")
  WriterStatus resume() {
    return pause.resume();
  }

  @GetMapping("/sweep")
  SweepStatus sweep() {
    return sweep.found();
  }

  @PostMapping("/sweep")
  @ResponseStatus(HttpStatus.ACCEPTED)
  SweepStatus beginSweep() {
    return sweep.begin();
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

  @GetMapping("/batches")
  BatchPage batches(
      @RequestParam(name = "fate", required = false) @Nullable List<String> fates,
      @RequestParam(name = "chat_id", required = false) @Nullable String chatId,
      @RequestParam(name = "user_id", required = false) @Nullable String userId,
      @RequestParam(name = "agent_id", required = false) @Nullable String agentId,
      @RequestParam(name = "limit", defaultValue = "50") int limit,
      @RequestParam(name = "after", required = false) @Nullable String after) {
    if (limit < 1 || limit > MOST_BATCHES) {
      throw RefusedException.invalidField(
          "limit", limit, "send a number from 1 to " + MOST_BATCHES);
    }
    Set<Fate> selected =
        fates == null ? Set.of() : Fates.of("fate", fates, BatchSelection.POSSIBLE);
    return batches.page(
        new BatchSelection(selected, chatId, userId, agentId), cursor(after), limit);
  }

  private static @Nullable BatchCursor cursor(@Nullable String after) {
    return after == null
        ? null
        : BatchCursor.parse(after)
            .orElseThrow(
                () ->
                    RefusedException.invalidField(
                        "after", after, "take next from GET /v1/batches, or leave it out"));
  }

  @GetMapping("/batches/{id}")
  Batch batch(@PathVariable("id") String id) {
    return batches
        .batch(id)
        .orElseThrow(
            () -> notFound("no-such-batch", "batch", "id", id, "take an id from GET /v1/batches"));
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

  /** Has batches tried again; all that are not narrowed. */
  @PostMapping("/requeues")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Requeue.Outcome requeue(
      @RequestParam(name = "fate", required = false) @Nullable List<String> fates,
      @RequestParam(name = "missing", defaultValue = "false") boolean missing,
      @RequestParam(name = "chat_id", required = false) @Nullable String chatId,
      @RequestParam(name = "batch_id", required = false) @Nullable String batchId) {
    if (fates == null && !missing) {
      throw RefusedException.invalidField(
          "fate", null, "send fate=dead, fate=empty, or missing=true for what the sweep misses");
    }
    Set<Fate> selected = fates == null ? Set.of() : Fates.of("fate", fates, Requeue.POSSIBLE);
    return requeue.carryOut(new Requeue(selected, missing, chatId, batchId));
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
