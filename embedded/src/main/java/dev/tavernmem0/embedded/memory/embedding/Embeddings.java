package dev.tavernmem0.embedded.memory.embedding;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sentence embeddings computed in this process by bge-small-zh-v1.5 on ONNX Runtime: Chinese and
 * English, no network. The model loads in the background, about a second; calls wait for it.
 * Thread-safe; not more texts are embedded at a time than there are processors.
 */
public final class Embeddings {
  private static final Logger LOG = LoggerFactory.getLogger(Embeddings.class);

  /** Length of every vector. */
  public static final int DIMENSIONS = 512;

  /**
   * The model reads 512 tokens at a time and averages; beyond this many characters the average says
   * little more and takes long.
   */
  private static final int MAX_CHARACTERS = 4096;

  private final CompletableFuture<SentenceEncoder> model = new CompletableFuture<>();
  private final Semaphore running = new Semaphore(Runtime.getRuntime().availableProcessors());

  private Embeddings() {}

  /** Begins to load the model and returns at once. */
  public static Embeddings loadInBackground() {
    Embeddings embeddings = new Embeddings();
    Thread loader = new Thread(embeddings::load, "embedding-model-loader");
    loader.setDaemon(true);
    loader.start();
    return embeddings;
  }

  /** Whether the next call does not wait. */
  public boolean isReady() {
    return model.isDone() && !model.isCompletedExceptionally();
  }

  /** Whether the model could not be loaded; it will not be tried again. */
  public boolean hasFailed() {
    return model.isCompletedExceptionally();
  }

  /**
   * The text's direction in the model's space.
   *
   * @param text up to {@value #MAX_CHARACTERS} characters count
   * @return a new array of {@link #DIMENSIONS} numbers, of length 1
   * @throws EmbeddingException if the model cannot be loaded or run
   */
  public float[] embed(String text) {
    SentenceEncoder loaded;
    try {
      loaded = model.join();
    } catch (CompletionException e) {
      throw new EmbeddingException("the embedding model cannot be loaded", e.getCause());
    }
    running.acquireUninterruptibly();
    try {
      return loaded.encode(head(text));
    } catch (OrtException | RuntimeException e) {
      throw new EmbeddingException("the embedding model failed", e);
    } finally {
      running.release();
    }
  }

  private void load() {
    long startedAt = System.nanoTime();
    try {
      SentenceEncoder loaded = SentenceEncoder.load();
      loaded.encode("the first run is slow");
      LOG.info(
          "embedding model bge-small-zh-v1.5 ready after {} ms",
          Duration.ofNanos(System.nanoTime() - startedAt).toMillis());
      model.complete(loaded);
    } catch (OrtException | IOException | RuntimeException | Error e) {
      LOG.error("the embedding model cannot be loaded; memories cannot be stored or searched", e);
      model.completeExceptionally(e);
    }
  }

  private static String head(String text) {
    if (text.length() <= MAX_CHARACTERS) {
      return text;
    }
    boolean splitsPair = Character.isHighSurrogate(text.charAt(MAX_CHARACTERS - 1));
    return text.substring(0, splitsPair ? MAX_CHARACTERS - 1 : MAX_CHARACTERS);
  }
}
