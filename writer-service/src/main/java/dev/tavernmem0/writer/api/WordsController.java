package dev.tavernmem0.writer.api;

import dev.tavernmem0.service.problem.Problem;
import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.writer.api.document.Refuses;
import dev.tavernmem0.writer.consume.BatchWords;
import dev.tavernmem0.writer.consume.WordQueries;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * What was said, where memories come from: the only answer of the writer that holds chat text. Its
 * words are the API document's.
 */
@RestController
@Refuses(
    status = HttpStatus.SERVICE_UNAVAILABLE,
    type = "not-consuming",
    when = "The writer is not connected to Kafka, or still reads its ledger; ask again shortly.")
class WordsController {
  private final WordQueries words;

  WordsController(WordQueries words) {
    this.words = words;
  }

  /**
   * Tells the words that a batch was made of, as the log has them: at most 100,000 characters.
   *
   * @param id the batch's, as its memories have it in their metadata
   * @return its turns with what was said in them, in the version that was written
   */
  @GetMapping("/v1/batches/{id}/words")
  @Refuses(
      status = HttpStatus.NOT_FOUND,
      type = "no-such-batch",
      when =
          "There is no such batch in the partitions of this instance: another writer of the group"
              + " may have it, or all its turns are in other batches by now.")
  BatchWords words(@PathVariable("id") String id) {
    return words
        .ofBatch(id)
        .orElseThrow(
            () ->
                new RefusedException(
                    Problem.of(
                            HttpStatus.NOT_FOUND,
                            "no-such-batch",
                            "There is no batch '"
                                + id
                                + "' in the partitions of this instance; another writer of the"
                                + " group may have it.")
                        .in("id", id, "take an id from GET /v1/batches")));
  }
}
