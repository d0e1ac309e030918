package dev.tavernmem0.embedded.memory.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EmbeddingsTest {
  @Test
  void closing_while_the_models_load_waits_until_nothing_is_under_way() {
    Embeddings embeddings = Embeddings.loadInBackground();

    embeddings.close();

    assertThat(embeddings.isReady() || embeddings.hasFailed()).isTrue();
    assertThatThrownBy(() -> embeddings.ofQuery("a cat")).isInstanceOf(EmbeddingException.class);
  }

  @Test
  void closing_waits_for_texts_that_are_being_embedded_and_refuses_later_ones() {
    Embeddings embeddings = Embeddings.loadInBackground();
    embeddings.awaitReady();
    String text = "The harbour master keeps a log of every tide. ".repeat(80);
    List<CompletableFuture<MemoryVectors>> underWay =
        IntStream.range(0, 8)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> embeddings.ofMemory(text + i)))
            .toList();

    embeddings.close();

    assertThatThrownBy(() -> embeddings.ofMemory(text)).isInstanceOf(EmbeddingException.class);
    // Each was finished or refused; none hangs, and none was cut off by the end of the process.
    underWay.forEach(
        each -> each.handle((vectors, failure) -> vectors != null || failure != null).join());
    assertThat(underWay).allMatch(CompletableFuture::isDone);
  }
}
