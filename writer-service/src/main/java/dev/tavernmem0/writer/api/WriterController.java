package dev.tavernmem0.writer.api;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.service.problem.Problem;
import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.writer.api.document.Refuses;
import dev.tavernmem0.writer.consume.Batch;
import dev.tavernmem0.writer.consume.BatchCursor;
import dev.tavernmem0.writer.consume.BatchPage;
import dev.tavernmem0.writer.consume.BatchQueries;
import dev.tavernmem0.writer.consume.BatchSelection;
import dev.tavernmem0.writer.consume.ChatQueries;
import dev.tavernmem0.writer.consume.ChatSummary;
import dev.tavernmem0.writer.consume.ComparisonStatus;
import dev.tavernmem0.writer.consume.DeadBatch;
import dev.tavernmem0.writer.consume.DifferenceQueries;
import dev.tavernmem0.writer.consume.Differences;
import dev.tavernmem0.writer.consume.Hold;
import dev.tavernmem0.writer.consume.HoldOperations;
import dev.tavernmem0.writer.consume.PauseOperation;
import dev.tavernmem0.writer.consume.Requeue;
import dev.tavernmem0.writer.consume.RequeueOperation;
import dev.tavernmem0.writer.consume.SweepOperation;
import dev.tavernmem0.writer.consume.SweepStatus;
import dev.tavernmem0.writer.consume.WriterStatus;
import dev.tavernmem0.writer.scope.TurnFate;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
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

/**
 * Where turns are on their way to memories. Holds no chat text. Its words are the API document's.
 */
@RestController
@RequestMapping("/v1")
@Refuses(
    status = HttpStatus.SERVICE_UNAVAILABLE,
    type = "not-consuming",
    when = "The writer is not connected to Kafka, or still reads its ledger; ask again shortly.")
class WriterController {
  private static final int MOST_BATCHES = 500;
  private static final int MOST_DIFFERENCES = 10_000;

  private final ChatQueries queries;
  private final BatchQueries batches;
  private final HoldOperations operations;
  private final RequeueOperation requeue;
  private final PauseOperation pause;
  private final SweepOperation sweep;
  private final DifferenceQueries differences;

  WriterController(
      ChatQueries queries,
      BatchQueries batches,
      HoldOperations operations,
      RequeueOperation requeue,
      PauseOperation pause,
      SweepOperation sweep,
      DifferenceQueries differences) {
    this.queries = queries;
    this.batches = batches;
    this.operations = operations;
    this.requeue = requeue;
    this.pause = pause;
    this.sweep = sweep;
    this.differences = differences;
  }

  /**
   * Pauses the writing to mem0. Holds for all writers of the group, for the others within a second,
   * and across restarts; calls under way come to their end. May be asked for again.
   *
   * @return the status, with {@code paused_by}
   */
  @PostMapping("/pause")
  WriterStatus pause() {
    return pause.pause();
  }

  /**
   * Goes on with the writing after a pause. May be asked for again.
   *
   * @return the status
   */
  @PostMapping("/resume")
  WriterStatus resume() {
    return pause.resume();
  }

  /**
   * Tells how what mem0 holds compares with what was written, as far as it was looked at.
   *
   * @return what was found so far
   */
  @GetMapping("/sweep")
  SweepStatus sweep() {
    return sweep.found();
  }

  /**
   * Has all characters compared with mem0, beside whatever else there is to do: what is left over
   * is deleted, and the ledger learns what it does not know of its batches. May be asked for again.
   *
   * @param dryRun whether nothing is to be changed; joins such a comparison that is under way
   * @param deleteStrangers has the memories deleted, too, that the last comparison found and that
   *     are of batches that the ledger does not know: how many these are, as {@code strangers}
   *     tells. They may be another program's
   * @return what was found before
   */
  @PostMapping("/sweep")
  @Refuses(
      status = HttpStatus.UNPROCESSABLE_CONTENT,
      type = "invalid-field",
      when = "A parameter holds what it cannot; field and fix say which and what can.")
  @Refuses(
      status = HttpStatus.CONFLICT,
      type = "other-strangers",
      when = "There are more or fewer memories to be deleted than was said; nothing is begun.")
  @ResponseStatus(HttpStatus.ACCEPTED)
  SweepStatus beginSweep(
      @RequestParam(name = "dry_run", defaultValue = "false") boolean dryRun,
      @RequestParam(name = "delete_strangers", required = false)
          @Nullable Integer deleteStrangers) {
    if (deleteStrangers == null) {
      return dryRun ? sweep.dryRun() : sweep.begin();
    }
    if (dryRun) {
      throw RefusedException.invalidField(
          "delete_strangers", deleteStrangers, "leave out one of dry_run and delete_strangers");
    }
    return sweep
        .deleteStrangers(deleteStrangers)
        .orElseThrow(
            () ->
                new RefusedException(
                    Problem.of(
                            HttpStatus.CONFLICT,
                            "other-strangers",
                            "There are not " + deleteStrangers + " of them by now.")
                        .in(
                            "delete_strangers",
                            deleteStrangers,
                            "look at GET /v1/sweep, and send its strangers")));
  }

  /**
   * Compares the log with the ledger: whether each turn that the log has in the end has a fate, in
   * these words and under this character, and whether there are others. Reads the whole log of the
   * partitions of this instance, and changes nothing.
   *
   * @param limit how many differences of each kind are told at most; all are counted
   * @return what was found; a turn that waits to be written is no difference
   */
  @GetMapping("/differences")
  @Refuses(
      status = HttpStatus.UNPROCESSABLE_CONTENT,
      type = "invalid-field",
      when = "A parameter holds what it cannot; field and fix say which and what can.")
  Differences differences(
      @RequestParam(name = "limit", defaultValue = "100")
          @Schema(minimum = "0", maximum = "" + MOST_DIFFERENCES)
          int limit) {
    if (limit < 0 || limit > MOST_DIFFERENCES) {
      throw RefusedException.invalidField(
          "limit", limit, "send a number from 0 to " + MOST_DIFFERENCES);
    }
    return differences.compare(limit);
  }

  /**
   * Begins a comparison as {@code GET /v1/differences} makes it, for who does not wait for it with
   * one request; joins one that is under way, or that has ended and that nobody has seen yet. It
   * goes on when who asked has gone, and is lost with this instance.
   *
   * @return how it stands
   */
  @PostMapping("/comparison")
  @ResponseStatus(HttpStatus.ACCEPTED)
  ComparisonStatus beginComparison() {
    return differences.begin();
  }

  /**
   * Tells how the comparison that was begun last stands, and what it found.
   *
   * @return how it stands
   */
  @GetMapping("/comparison")
  ComparisonStatus comparison() {
    return differences.status();
  }

  /**
   * Lists the chats, with how many turns reached each fate.
   *
   * @return all chats in the partitions of this instance
   */
  @GetMapping("/chats")
  List<ChatSummary> chats() {
    return queries.chats();
  }

  /**
   * Tells the fate of each turn of a chat.
   *
   * @param chatId the chat, as {@code GET /v1/chats} names it
   * @return its turns, in the order in which they were first published
   */
  @GetMapping("/turns")
  @Refuses(
      status = HttpStatus.NOT_FOUND,
      type = "no-such-chat",
      when = "There is no such chat in the partitions of this instance.")
  List<TurnFate> turns(@RequestParam("chat_id") String chatId) {
    return queries
        .turns(chatId)
        .orElseThrow(
            () ->
                notFound(
                    "no-such-chat", "chat", "chat_id", chatId, "take an id from GET /v1/chats"));
  }

  /**
   * Lists batches, those that changed last first. A batch that changes meanwhile is at the front of
   * the next listing.
   *
   * @param fates only those of one of these fates
   * @param chatId only those with a turn of this chat
   * @param userId only those of this mem0 user id
   * @param agentId only those of this mem0 agent id
   * @param limit how many batches at most
   * @param after {@code next} of the page before; left out for the first one
   * @return one page
   */
  @GetMapping("/batches")
  @Refuses(
      status = HttpStatus.UNPROCESSABLE_CONTENT,
      type = "invalid-field",
      when = "A parameter holds what it cannot; field and fix say which and what can.")
  BatchPage batches(
      @RequestParam(name = "fate", required = false)
          @ArraySchema(
              schema =
                  @Schema(
                      allowableValues = {
                        "pending",
                        "written",
                        "empty",
                        "held",
                        "retracting",
                        "retracted",
                        "dead"
                      }))
          @Nullable List<String> fates,
      @RequestParam(name = "chat_id", required = false) @Nullable String chatId,
      @RequestParam(name = "user_id", required = false) @Nullable String userId,
      @RequestParam(name = "agent_id", required = false) @Nullable String agentId,
      @RequestParam(name = "limit", defaultValue = "50")
          @Schema(minimum = "1", maximum = "" + MOST_BATCHES)
          int limit,
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

  /**
   * Tells of one batch. Its turns have the fates that they have now.
   *
   * @param id the batch's
   * @return the batch
   */
  @GetMapping("/batches/{id}")
  @Refuses(
      status = HttpStatus.NOT_FOUND,
      type = "no-such-batch",
      when = "There is no such batch in the partitions of this instance.")
  Batch batch(@PathVariable("id") String id) {
    return batches
        .batch(id)
        .orElseThrow(
            () -> notFound("no-such-batch", "batch", "id", id, "take an id from GET /v1/batches"));
  }

  /**
   * Lists the chats whose retraction waits for an operator.
   *
   * @return all holds in the partitions of this instance
   */
  @GetMapping("/holds")
  List<Hold> holds() {
    return queries.holds();
  }

  /**
   * Has the memories of a hold deleted.
   *
   * @param id the hold's
   * @return the hold as it was; the memories are deleted after the answer
   */
  @PostMapping("/holds/{id}/confirm")
  @Refuses(
      status = HttpStatus.NOT_FOUND,
      type = "no-such-hold",
      when = "There is no such hold in the partitions of this instance.")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Hold confirm(@PathVariable("id") String id) {
    return operations.confirm(id).orElseThrow(() -> noHold(id));
  }

  /**
   * Keeps the memories of a hold.
   *
   * @param id the hold's
   * @return the hold as it was
   */
  @PostMapping("/holds/{id}/discard")
  @Refuses(
      status = HttpStatus.NOT_FOUND,
      type = "no-such-hold",
      when = "There is no such hold in the partitions of this instance.")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Hold discard(@PathVariable("id") String id) {
    return operations.discard(id).orElseThrow(() -> noHold(id));
  }

  /**
   * Lists the batches that were given up.
   *
   * @return all of them in the partitions of this instance
   */
  @GetMapping("/dead-letters")
  List<DeadBatch> deadLetters() {
    return queries.dead();
  }

  /**
   * Tells of one batch that was given up.
   *
   * @param id the batch's
   * @return the batch
   */
  @GetMapping("/dead-letters/{id}")
  @Refuses(
      status = HttpStatus.NOT_FOUND,
      type = "no-such-dead-letter",
      when = "There is no such dead letter in the partitions of this instance.")
  DeadBatch deadLetter(@PathVariable("id") String id) {
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

  /**
   * Has batches tried again. All of these fates, unless they are narrowed.
   *
   * @param fates of which fates; needed unless {@code missing} is true
   * @param missing whether those too whose memories are not in mem0, as the last sweep has seen
   * @param chatId only those of this chat
   * @param batchId only this one
   * @return how many were selected; they are written after the answer
   */
  @PostMapping("/requeues")
  @Refuses(
      status = HttpStatus.UNPROCESSABLE_CONTENT,
      type = "invalid-field",
      when = "A parameter holds what it cannot; field and fix say which and what can.")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Requeue.Outcome requeue(
      @RequestParam(name = "fate", required = false)
          @ArraySchema(schema = @Schema(allowableValues = {"dead", "empty"}))
          @Nullable List<String> fates,
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
