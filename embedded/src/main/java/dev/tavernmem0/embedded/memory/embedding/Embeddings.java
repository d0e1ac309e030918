package dev.tavernmem0.embedded.memory.embedding;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sentence embeddings computed in this process by bge-small-en-v1.5 and bge-small-zh-v1.5 on ONNX
 * Runtime, without network. The models load in the background, one to two seconds; calls wait for
 * them. Thread-safe; not more texts are embedded at a time than there are processors.
 *
 * <p>To be closed before the JVM shuts down: ONNX Runtime ends itself in a shutdown hook, and
 * crashes the process if it is at work then.
 */
public final class Embeddings implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Embeddings.class);

  /**
   * A long text's embedding is an average over its stretches; beyond this many characters it says
   * little more and takes long.
   */
  private static final int MAX_CHARACTERS = 4096;

  private final CompletableFuture<Map<Language, SentenceEncoder>> models =
      new CompletableFuture<>();
  private final int processors = Runtime.getRuntime().availableProcessors();
  private final Semaphore running = new Semaphore(processors);
  private volatile boolean closed;

  private Embeddings() {}

  /** Begins to load the models and returns at once. */
  public static Embeddings loadInBackground() {
    Embeddings embeddings = new Embeddings();
    Thread loader = new Thread(embeddings::load, "embedding-models-loader");
    loader.setDaemon(true);
    loader.start();
    return embeddings;
  }

  /** Whether the next call does not wait. */
  public boolean isReady() {
    return models.isDone() && !models.isCompletedExceptionally();
  }

  /** Whether a model could not be loaded; it will not be tried again. */
  public boolean hasFailed() {
    return models.isCompletedExceptionally();
  }

  /**
   * Waits until texts can be embedded.
   *
   * @throws EmbeddingException if a model cannot be loaded
   */
  public void awaitReady() {
    loaded();
  }

  /**
   * The embeddings of a text to be found.
   *
   * @param text up to {@value #MAX_CHARACTERS} characters count
   * @throws EmbeddingException if a model cannot be loaded or run, or this is closed
   */
  public MemoryVectors ofMemory(String text) {
    return new MemoryVectors(
        embed(Language.ENGLISH, head(text)), embed(Language.CHINESE, head(text)));
  }

  /**
   * The embedding of a text to find others with, by the model of its language.
   *
   * @param text up to {@value #MAX_CHARACTERS} characters count
   * @throws EmbeddingException if a model cannot be loaded or run, or this is closed
   */
  public QueryVector ofQuery(String text) {
    String query = head(text);
    Language language = Language.of(query);
    return new QueryVector(language, embed(language, language.queryPrefix() + query));
  }

  private float[] embed(Language language, String text) {
    SentenceEncoder model = Objects.requireNonNull(loaded().get(language));
    running.acquireUninterruptibly();
    try {
      if (closed) {
        throw new IllegalStateException("closed");
      }
      return model.encode(text);
    } catch (OrtException | RuntimeException e) {
      throw new EmbeddingException("the embedding model " + language.model() + " failed", e);
    } finally {
      running.release();
    }
  }

  private Map<Language, SentenceEncoder> loaded() {
    try {
      return models.join();
    } catch (CompletionException e) {
      throw new EmbeddingException("the embedding models cannot be loaded", e.getCause());
    }
  }

  private void load() {
    long startedAt = System.nanoTime();
    try {
      Map<Language, SentenceEncoder> loaded = new EnumMap<>(Language.class);
      for (Language language : Language.values()) {
        if (closed) {
          models.completeExceptionally(new IllegalStateException("closed while loading"));
          return;
        }
        SentenceEncoder model = SentenceEncoder.load(language);
        model.encode("the first run is slow");
        loaded.put(language, model);
      }
      LOG.info(
          "embedding models ready after {} ms",
          Duration.ofNanos(System.nanoTime() - startedAt).toMillis());
      models.complete(loaded);
    } catch (OrtException | IOException | RuntimeException | Error e) {
      LOG.error("the embedding models cannot be loaded; memories can't be stored or searched", e);
      models.completeExceptionally(e);
    }
  }

  /** Begins nothing more, and returns when nothing is under way. */
  @Override
  public void close() {
    closed = true;
    models.handle((loaded, failure) -> loaded).join();
    running.acquireUninterruptibly(processors);
    running.release(processors);
  }

  private static String head(String text) {
    if (text.length() <= MAX_CHARACTERS) {
      return text;
    }
    boolean splitsPair = Character.isHighSurrogate(text.charAt(MAX_CHARACTERS - 1));
    return text.substring(0, splitsPair ? MAX_CHARACTERS - 1 : MAX_CHARACTERS);
  }
}
