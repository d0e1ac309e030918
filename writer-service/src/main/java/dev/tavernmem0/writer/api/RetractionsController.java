package dev.tavernmem0.writer.api;

import dev.tavernmem0.writer.api.document.Refuses;
import dev.tavernmem0.writer.consume.DifferenceQueries;
import dev.tavernmem0.writer.consume.DifferenceQueries.TakenBack;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import java.io.IOException;
import java.io.InputStream;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Takes back what the ledger has and the log has not. Its words are the API document's. */
@RestController
@RequestMapping("/v1/retractions")
@Refuses(
    status = HttpStatus.SERVICE_UNAVAILABLE,
    type = "not-consuming",
    when = "The writer is not connected to Kafka, or still reads its ledger; ask again shortly.")
class RetractionsController {
  private final DifferenceQueries differences;

  RetractionsController(DifferenceQueries differences) {
    this.differences = differences;
  }

  /**
   * Has turns taken back that the ledger has and the log has not, or has under another character,
   * as if their chats had lost them just now. Reads the whole log of the partitions of this
   * instance once more for it. What is said since counts; what would be on hold after a deletion is
   * on hold. May be asked for again, and has to be if the writer dies before the ledger tells of
   * it.
   *
   * @param body which differences, and of which chats
   * @return how much is taken back; memories are deleted after the answer
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
  @ResponseStatus(HttpStatus.ACCEPTED)
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      required = true,
      content = @Content(schema = @Schema(implementation = RetractionRequest.class)))
  TakenBack takeBack(InputStream body) throws IOException {
    RetractionRequest request = RetractionRequest.read(body);
    return differences.takeBack(request.checkedKinds(), request.checkedChats());
  }
}
