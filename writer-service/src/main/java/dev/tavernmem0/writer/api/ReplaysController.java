package dev.tavernmem0.writer.api;

import dev.tavernmem0.service.problem.Problem;
import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.writer.api.document.Refuses;
import dev.tavernmem0.writer.consume.ReplayOperation;
import dev.tavernmem0.writer.consume.ReplayStatus;
import dev.tavernmem0.writer.replay.Replay;
import dev.tavernmem0.writer.replay.ReplayMode;
import dev.tavernmem0.writer.replay.ReplaySelection;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Writes again what was written, or at last what was not. Its words are the API document's. */
@RestController
@RequestMapping("/v1/replays")
@Refuses(
    status = HttpStatus.SERVICE_UNAVAILABLE,
    type = "not-consuming",
    when = "The writer is not connected to Kafka, or still reads its ledger; ask again shortly.")
class ReplaysController {
  private final ReplayOperation replays;

  ReplaysController(ReplayOperation replays) {
    this.replays = replays;
  }

  /**
   * Starts a replay, behind what users do. It is carried out by all writers of the group, goes on
   * after restarts, and repeats nothing. A dry run is answered when everything is counted, within a
   * minute; any other at once.
   *
   * @param body which turns, and what is to be done with them
   * @return the replay, with its id
   */
  @PostMapping
  @Refuses(
      status = HttpStatus.UNPROCESSABLE_CONTENT,
      type = "invalid-field",
      when = "A field holds what it cannot; field and fix say which and what can.")
  @Refuses(
      status = HttpStatus.BAD_REQUEST,
      type = "malformed-body",
      when = "The body is no JSON object of these fields.")
  @ApiResponse(responseCode = "200", description = "What a dry run has counted.")
  @ApiResponse(responseCode = "202", description = "The replay, with its id.")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      required = true,
      content = @Content(schema = @Schema(implementation = ReplayRequest.class)))
  ResponseEntity<ReplayStatus> startReplay(InputStream body) throws IOException {
    ReplayRequest request = ReplayRequest.read(body);
    ReplayMode mode = request.checkedMode();
    ReplaySelection selection = request.selection();
    Integer rate = request.checkedRate();
    Integer concurrency = request.checkedConcurrency();
    if (request.isDryRun()) {
      return ResponseEntity.ok(replays.dryRun(mode, selection));
    }
    ReplayStatus started = replays.start(mode, selection, rate, concurrency);
    return ResponseEntity.accepted()
        .location(URI.create("/v1/replays/" + started.id()))
        .body(started);
  }

  /**
   * Lists the replays, the last asked for first.
   *
   * @return those that go on, and the last 50 that have ended
   */
  @GetMapping
  List<ReplayStatus> listReplays() {
    return replays.list();
  }

  /**
   * Tells of one replay.
   *
   * @param id the replay's
   * @return the replay, and how far it is
   */
  @GetMapping("/{id}")
  @Refuses(
      status = HttpStatus.NOT_FOUND,
      type = "no-such-replay",
      when = "There is no such replay, or it ended long ago.")
  ReplayStatus replay(@PathVariable("id") String id) {
    return found(id, replays.find(id));
  }

  /**
   * Pauses a replay; what is begun comes to its end. May be asked for again.
   *
   * @param id the replay's
   * @return the replay
   */
  @PostMapping("/{id}/pause")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses(
      status = HttpStatus.NOT_FOUND,
      type = "no-such-replay",
      when = "There is no such replay, or it ended long ago.")
  @Refuses(
      status = HttpStatus.CONFLICT,
      type = "replay-ended",
      when = "The replay is done, or was cancelled.")
  ReplayStatus pauseReplay(@PathVariable("id") String id) {
    return order(id, Replay.Order.PAUSE);
  }

  /**
   * Goes on with a replay after a pause. May be asked for again.
   *
   * @param id the replay's
   * @return the replay
   */
  @PostMapping("/{id}/resume")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses(
      status = HttpStatus.NOT_FOUND,
      type = "no-such-replay",
      when = "There is no such replay, or it ended long ago.")
  @Refuses(
      status = HttpStatus.CONFLICT,
      type = "replay-ended",
      when = "The replay is done, or was cancelled.")
  ReplayStatus resumeReplay(@PathVariable("id") String id) {
    return order(id, Replay.Order.RUN);
  }

  /**
   * Ends a replay; what is begun comes to its end. May be asked for again.
   *
   * @param id the replay's
   * @return the replay
   */
  @PostMapping("/{id}/cancel")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses(
      status = HttpStatus.NOT_FOUND,
      type = "no-such-replay",
      when = "There is no such replay, or it ended long ago.")
  @Refuses(status = HttpStatus.CONFLICT, type = "replay-ended", when = "The replay is done.")
  ReplayStatus cancelReplay(@PathVariable("id") String id) {
    return order(id, Replay.Order.CANCEL);
  }

  private ReplayStatus order(String id, Replay.Order order) {
    try {
      return found(id, replays.order(id, order));
    } catch (ReplayOperation.EndedException e) {
      throw new RefusedException(
          Problem.of(HttpStatus.CONFLICT, "replay-ended", "Replay '" + id + "' has ended already.")
              .in("id", id, "start another with POST /v1/replays"));
    }
  }

  private static ReplayStatus found(String id, Optional<ReplayStatus> replay) {
    return replay.orElseThrow(
        () ->
            new RefusedException(
                Problem.of(
                        HttpStatus.NOT_FOUND,
                        "no-such-replay",
                        "There is no replay '" + id + "' here.")
                    .in("id", id, "take an id from GET /v1/replays")));
  }
}
