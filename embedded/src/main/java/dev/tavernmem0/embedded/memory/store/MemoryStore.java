package dev.tavernmem0.embedded.memory.store;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.embedded.DataDirectoryInUseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;

/**
 * Memories, their history, the last messages of each scope and answers to adds in one Lucene index.
 * What a method wrote is on disk and visible to every later call when it returns; a memory and the
 * history event of its change are written together or not at all, and so is all of an add.
 * Thread-safe.
 *
 * <p>All methods throw {@link StoreException} if the disk fails.
 */
public final class MemoryStore implements AutoCloseable {
  /** How long {@link #answer} knows what an add was answered. */
  public static final Duration ANSWERS_ARE_KEPT = Duration.ofDays(7);

  private static final Sort BY_SEQUENCE =
      new Sort(new SortField(IndexDocuments.SEQUENCE, SortField.Type.LONG));

  private final Directory directory;
  private final IndexWriter writer;
  private final SearcherManager searchers;
  private final AtomicLong sequence;
  private final InstantSource clock;
  private final HybridSearch hybridSearch = new HybridSearch();

  /** Held while a memory is read to be changed. */
  private final Object changes = new Object();

  private MemoryStore(Directory directory, IndexWriter writer, InstantSource clock)
      throws IOException {
    this.directory = directory;
    this.writer = writer;
    this.clock = clock;
    this.searchers = new SearcherManager(writer, null);
    this.sequence = new AtomicLong(lastSequence());
  }

  /**
   * Opens the index in this directory, or makes one. After a crash it is as of the last write that
   * returned.
   *
   * @throws DataDirectoryInUseException if another store has it open
   * @throws StoreException if it cannot be read or written
   */
  public static MemoryStore open(Path path) {
    return open(path, InstantSource.system());
  }

  /** As {@link #open(Path)}, with another clock. */
  @SuppressWarnings("MustBeClosed")
  static MemoryStore open(Path path, InstantSource clock) {
    Directory directory = null;
    IndexWriter writer = null;
    try {
      Files.createDirectories(path);
      directory = FSDirectory.open(path);
      writer = new IndexWriter(directory, new IndexWriterConfig(TextAnalyzer.forIndex()));
      writer.commit();
      return new MemoryStore(directory, writer, clock);
    } catch (LockObtainFailedException e) {
      closeAfter(e, directory);
      throw new DataDirectoryInUseException(path, e);
    } catch (IOException e) {
      closeAfter(e, writer);
      closeAfter(e, directory);
      throw new StoreException("cannot open the memories in " + path + ": " + e.getMessage(), e);
    }
  }

  /** Stores all of an add or, if that fails, nothing of it; drops answers that are too old. */
  public void add(Addition addition) {
    List<Document> documents = new ArrayList<>();
    BooleanQuery.Builder replaced = new BooleanQuery.Builder();
    for (EmbeddedMemory embedded : addition.memories()) {
      documents.add(IndexDocuments.memory(embedded, sequence.incrementAndGet()));
      documents.add(history(event("ADD", null, embedded.memory())));
    }
    if (addition.lastMessages() != null) {
      documents.add(IndexDocuments.messages(addition.scope(), addition.lastMessages()));
      replaced.add(new TermQuery(IndexDocuments.messagesTerm(addition.scope())), Occur.SHOULD);
    }
    if (addition.answer() != null) {
      Instant now = clock.instant();
      documents.add(IndexDocuments.answer(addition.answer(), now));
      replaced.add(IndexDocuments.answersUntil(now.minus(ANSWERS_ARE_KEPT)), Occur.SHOULD);
    }
    if (!documents.isEmpty()) {
      write(() -> writer.updateDocuments(replaced.build(), documents));
    }
  }

  /** What an add was answered; empty if it was not, or too long ago. */
  public Optional<KeptAnswer> answer(String addId) {
    Query query = IndexDocuments.answer(addId, clock.instant().minus(ANSWERS_ARE_KEPT));
    return read(
        searcher -> {
          ScoreDoc[] found = searcher.search(query, 1).scoreDocs;
          if (found.length == 0) {
            return Optional.empty();
          }
          LeafReaderContext leaf = leaf(searcher, found[0].doc);
          return Optional.of(
              IndexDocuments.read(leaf.reader(), found[0].doc - leaf.docBase, KeptAnswer.class));
        });
  }

  /** The memory with this id, also if it is expired. */
  public Optional<Memory> get(String id) {
    return read(
        searcher -> {
          ScoreDoc[] found = searcher.search(byId(id), 1).scoreDocs;
          return found.length == 0
              ? Optional.empty()
              : Optional.of(HybridSearch.memory(searcher, found[0].doc));
        });
  }

  /** The memories of a scope, oldest first. */
  public List<Memory> list(Scope scope, int limit, boolean showExpired) {
    return read(searcher -> memories(searcher, IndexDocuments.inScope(scope, showExpired), limit));
  }

  /** The memories that answer a query, best first. */
  public List<SearchHit> search(SearchRequest request) {
    return read(searcher -> hybridSearch.search(searcher, request));
  }

  /** How many memories there are, expired ones included. */
  public int count() {
    return read(searcher -> searcher.count(IndexDocuments.MEMORIES));
  }

  /**
   * Changes a memory.
   *
   * @param change gives the new state; must keep the id
   * @return whether there is such a memory
   */
  public boolean update(String id, MemoryChange change) {
    synchronized (changes) {
      Optional<Memory> before = get(id);
      if (before.isEmpty()) {
        return false;
      }
      EmbeddedMemory after = change.apply(before.get());
      long keptSequence = read(searcher -> sequenceOf(searcher, id));
      List<Document> documents =
          List.of(
              IndexDocuments.memory(after, keptSequence),
              history(event("UPDATE", before.get(), after.memory())));
      write(() -> writer.updateDocuments(term(id), documents));
      return true;
    }
  }

  /**
   * Deletes a memory; its history stays.
   *
   * @return whether there was such a memory
   */
  public boolean delete(String id) {
    synchronized (changes) {
      Optional<Memory> memory = get(id);
      memory.ifPresent(found -> write(() -> replaceByHistory(found)));
      return memory.isPresent();
    }
  }

  /**
   * Deletes all memories of a scope, expired ones too; their history stays.
   *
   * @return how many
   */
  public int deleteAll(Scope scope) {
    synchronized (changes) {
      List<Memory> memories = list(scope, Integer.MAX_VALUE, true);
      write(
          () -> {
            for (Memory memory : memories) {
              replaceByHistory(memory);
            }
          });
      return memories.size();
    }
  }

  /** Deletes everything, histories and answers too. */
  public void reset() {
    synchronized (changes) {
      write(writer::deleteAll);
    }
  }

  /** What happened to a memory, oldest first; empty if there never was one with this id. */
  public List<HistoryEvent> history(String memoryId) {
    Query query = new TermQuery(new Term(IndexDocuments.MEMORY_ID, memoryId));
    return read(
        searcher -> {
          List<HistoryEvent> events = new ArrayList<>();
          for (ScoreDoc hit : ordered(searcher, query, Integer.MAX_VALUE)) {
            LeafReaderContext leaf = leaf(searcher, hit.doc);
            events.add(
                IndexDocuments.read(leaf.reader(), hit.doc - leaf.docBase, HistoryEvent.class));
          }
          return events;
        });
  }

  /** The last messages that an add came with, oldest first. */
  public ArrayNode lastMessages(Scope scope) {
    return read(
        searcher -> {
          ScoreDoc[] found =
              searcher.search(new TermQuery(IndexDocuments.messagesTerm(scope)), 1).scoreDocs;
          if (found.length == 0) {
            return Json.MAPPER.createArrayNode();
          }
          LeafReaderContext leaf = leaf(searcher, found[0].doc);
          return IndexDocuments.read(leaf.reader(), found[0].doc - leaf.docBase, ArrayNode.class);
        });
  }

  /** Whether the index can still be written; a full or broken disk may end that until a restart. */
  public boolean isOpen() {
    return writer.isOpen();
  }

  @Override
  public void close() {
    try (directory;
        writer) {
      searchers.close();
    } catch (IOException e) {
      throw new StoreException("cannot close the memories: " + e.getMessage(), e);
    }
  }

  private void replaceByHistory(Memory memory) throws IOException {
    Document history = history(event("DELETE", memory, null));
    writer.updateDocument(term(memory.id()), history);
  }

  private Document history(HistoryEvent event) {
    return IndexDocuments.history(event, sequence.incrementAndGet());
  }

  private static HistoryEvent event(String kind, @Nullable Memory before, @Nullable Memory after) {
    Memory subject = after != null ? after : before;
    if (subject == null) {
      throw new IllegalArgumentException("a change has a before or an after");
    }
    return new HistoryEvent(
        UUID.randomUUID().toString(),
        subject.id(),
        before == null ? null : before.text(),
        after == null ? null : after.text(),
        kind,
        subject.string(PayloadKeys.CREATED_AT),
        after == null ? Timestamps.now() : after.string(PayloadKeys.UPDATED_AT),
        after == null,
        subject.string(PayloadKeys.ACTOR_ID),
        subject.string(PayloadKeys.ROLE));
  }

  private List<Memory> memories(IndexSearcher searcher, Query query, int limit) throws IOException {
    List<Memory> memories = new ArrayList<>();
    for (ScoreDoc hit : ordered(searcher, query, limit)) {
      memories.add(HybridSearch.memory(searcher, hit.doc));
    }
    return memories;
  }

  private static ScoreDoc[] ordered(IndexSearcher searcher, Query query, int limit)
      throws IOException {
    int most = Math.min(limit, searcher.getIndexReader().maxDoc());
    return most == 0 ? new ScoreDoc[0] : searcher.search(query, most, BY_SEQUENCE).scoreDocs;
  }

  private static long sequenceOf(IndexSearcher searcher, String id) throws IOException {
    ScoreDoc[] found = searcher.search(byId(id), 1, BY_SEQUENCE).scoreDocs;
    return (long) ((FieldDoc) found[0]).fields[0];
  }

  private long lastSequence() {
    Sort latestFirst = new Sort(new SortField(IndexDocuments.SEQUENCE, SortField.Type.LONG, true));
    return read(
        searcher -> {
          ScoreDoc[] found = searcher.search(new MatchAllDocsQuery(), 1, latestFirst).scoreDocs;
          return found.length == 0 ? 0L : (long) ((FieldDoc) found[0]).fields[0];
        });
  }

  private static LeafReaderContext leaf(IndexSearcher searcher, int document) {
    List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
    return leaves.get(ReaderUtil.subIndex(document, leaves));
  }

  private static Query byId(String id) {
    return new TermQuery(term(id));
  }

  private static Term term(String id) {
    return new Term(IndexDocuments.ID, id);
  }

  private void write(IndexWrite write) {
    try {
      write.run();
      writer.commit();
      searchers.maybeRefreshBlocking();
    } catch (IOException | AlreadyClosedException e) {
      throw new StoreException("cannot write the memories: " + e.getMessage(), e);
    }
  }

  private <T> T read(IndexRead<T> read) {
    try {
      IndexSearcher searcher = searchers.acquire();
      try {
        return read.from(searcher);
      } finally {
        searchers.release(searcher);
      }
    } catch (IOException | AlreadyClosedException e) {
      throw new StoreException("cannot read the memories: " + e.getMessage(), e);
    }
  }

  private static void closeAfter(Exception cause, @Nullable AutoCloseable resource) {
    try {
      if (resource != null) {
        resource.close();
      }
    } catch (Exception e) {
      cause.addSuppressed(e);
    }
  }

  @FunctionalInterface
  private interface IndexWrite {
    void run() throws IOException;
  }

  @FunctionalInterface
  private interface IndexRead<T> {
    T from(IndexSearcher searcher) throws IOException;
  }

  /** Gives a memory its new state. */
  @FunctionalInterface
  public interface MemoryChange {
    EmbeddedMemory apply(Memory before);
  }
}
