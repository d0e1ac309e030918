package dev.tavernmem0.writer.api;

import dev.tavernmem0.service.problem.Problem;
import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.writer.api.document.Refuses;
import dev.tavernmem0.writer.consume.ForgetOperation;
import dev.tavernmem0.writer.consume.ForgetStatus;
import dev.tavernmem0.writer.forget.ForgetSelection;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Forgets what was said, as if it had never been. Its words are the API document's. */
@RestController
@RequestMapping("/v1/forgets")
@Refuses(
    status = HttpStatus.SERVICE_UNAVAILABLE,
    type = "not-consuming",
    when = "The writer is not connected to Kafka, or still reads its ledger; ask again shortly.")
class ForgetsController {
  private final ForgetOperation forgets;

  ForgetsController(ForgetOperation forgets) {
    this.forgets = forgets;
  }

  /**
   * Forgets turns: their memories are deleted, whoever kept or edited them, they are not remembered
   * again whatever their chats say, and their records go from the log. Cannot be undone. It is
   * carried out by all writers of the group and goes on after restarts. A dry run is answered when
   * everything is counted, within a minute; anything else at once.
   *
   * @param body what is to be forgotten
   * @return it, with its id
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
  @ApiResponse(responseCode = "202", description = "What is being forgotten, with its id.")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      required = true,
      content = @Content(schema = @Schema(implementation = ForgetRequest.class)))
  ResponseEntity<ForgetStatus> startForget(InputStream body) throws IOException {
    ForgetRequest request = ForgetRequest.read(body);
    ForgetSelection selection = request.selection();
    if (request.isDryRun()) {
      return ResponseEntity.ok(forgets.dryRun(selection, request.withCopies()));
    }
    ForgetStatus started = forgets.start(selection, request.withCopies());
    return ResponseEntity.accepted()
        .location(URI.create("/v1/forgets/" + started.id()))
        .body(started);
  }

  /**
   * Lists what was asked to be forgotten, the last first.
   *
   * @return what is not done, and the last 50 that are
   */
  @GetMapping
  List<ForgetStatus> listForgets() {
    return forgets.list();
  }

  /**
   * Tells of one of them.
   *
   * @param id its id
   * @return it, and how far it is
   */
  @GetMapping("/{id}")
  @Refuses(
      status = HttpStatus.NOT_FOUND,
      type = "no-such-forget",
      when = "There is no such one, or it was done long ago.")
  ForgetStatus forget(@PathVariable("id") String id) {
    return forgets
        .find(id)
        .orElseThrow(
            () ->
                new RefusedException(
                    Problem.of(
                            HttpStatus.NOT_FOUND,
                            "no-such-forget",
                            "Nothing that is to be forgotten has the id '" + id + "' here.")
                        .in("id", id, "take an id from GET /v1/forgets")));
  }
}
