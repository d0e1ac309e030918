package dev.tavernmem0.embedded.memory.store;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.embedded.memory.embedding.Language;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The index's four kinds of documents. Each holds its record as JSON in {@link #PAYLOAD}; the other
 * fields are for finding it.
 */
final class IndexDocuments {
  static final String ID = "id";
  static final String PAYLOAD = "payload";
  static final String TEXT = "text";

  /** Counts up with every stored memory and every change; gives lists their order. */
  static final String SEQUENCE = "sequence";

  static final String MEMORY_ID = "memory_id";
  private static final String KIND = "kind";
  private static final String EXPIRES = "expires";
  private static final String ADD_ID = "add_id";
  private static final String KEPT_SINCE = "kept_since";

  static final Query MEMORIES = new TermQuery(new Term(KIND, "memory"));

  private IndexDocuments() {}

  static Document memory(EmbeddedMemory embedded, long sequence) {
    Memory memory = embedded.memory();
    Document document = new Document();
    document.add(new StringField(KIND, "memory", Field.Store.NO));
    document.add(new StringField(ID, memory.id(), Field.Store.NO));
    document.add(new BinaryDocValuesField(ID, new BytesRef(memory.id())));
    document.add(new BinaryDocValuesField(PAYLOAD, json(memory.payload())));
    document.add(new NumericDocValuesField(SEQUENCE, sequence));
    document.add(new TextField(TEXT, memory.text(), Field.Store.NO));
    document.add(vector(Language.ENGLISH, embedded.vectors().english()));
    document.add(vector(Language.CHINESE, embedded.vectors().chinese()));
    for (String key : PayloadKeys.SCOPE) {
      String id = memory.string(key);
      if (id != null) {
        document.add(new StringField(key, id, Field.Store.NO));
      }
    }
    LocalDate expires = expirationDate(memory);
    if (expires != null) {
      document.add(new LongPoint(EXPIRES, expires.toEpochDay()));
    }
    return document;
  }

  static Document history(HistoryEvent event, long sequence) {
    Document document = new Document();
    document.add(new StringField(KIND, "history", Field.Store.NO));
    document.add(new StringField(MEMORY_ID, event.memoryId(), Field.Store.NO));
    document.add(new BinaryDocValuesField(PAYLOAD, json(event)));
    document.add(new NumericDocValuesField(SEQUENCE, sequence));
    return document;
  }

  /** The last messages of a scope, under {@link #messagesTerm}. */
  static Document messages(Scope scope, Object messages) {
    Document document = new Document();
    document.add(new StringField(KIND, "messages", Field.Store.NO));
    document.add(new StringField(messagesTerm(scope).field(), scope.key(), Field.Store.NO));
    document.add(new BinaryDocValuesField(PAYLOAD, json(messages)));
    return document;
  }

  static Term messagesTerm(Scope scope) {
    return new Term("messages_of", scope.key());
  }

  static Document answer(KeptAnswer answer, Instant since) {
    Document document = new Document();
    document.add(new StringField(KIND, "answer", Field.Store.NO));
    document.add(new StringField(ADD_ID, answer.addId(), Field.Store.NO));
    document.add(new LongPoint(KEPT_SINCE, since.toEpochMilli()));
    document.add(new BinaryDocValuesField(PAYLOAD, json(answer)));
    return document;
  }

  /** The answer to an add, if it is kept since after then. */
  static Query answer(String addId, Instant after) {
    return new BooleanQuery.Builder()
        .add(new TermQuery(new Term(ADD_ID, addId)), Occur.FILTER)
        .add(answersUntil(after), Occur.MUST_NOT)
        .build();
  }

  /** Answers that are kept since then or before. */
  static Query answersUntil(Instant then) {
    return LongPoint.newRangeQuery(KEPT_SINCE, Long.MIN_VALUE, then.toEpochMilli());
  }

  /** Memories with these ids. */
  static Query inScope(Scope scope, boolean showExpired) {
    BooleanQuery.Builder query = new BooleanQuery.Builder().add(MEMORIES, Occur.FILTER);
    for (Map.Entry<String, String> id : scope.ids().entrySet()) {
      query.add(new TermQuery(new Term(id.getKey(), id.getValue())), Occur.FILTER);
    }
    if (!showExpired) {
      long today = LocalDate.now(ZoneOffset.UTC).toEpochDay();
      query.add(LongPoint.newRangeQuery(EXPIRES, Long.MIN_VALUE, today - 1), Occur.MUST_NOT);
    }
    return query.build();
  }

  static Memory readMemory(LeafReader reader, int document) throws IOException {
    String id = value(reader, ID, document).utf8ToString();
    return new Memory(id, readPayload(value(reader, PAYLOAD, document)));
  }

  static <T> T read(LeafReader reader, int document, Class<T> type) throws IOException {
    BytesRef json = value(reader, PAYLOAD, document);
    return Json.MAPPER.readValue(json.bytes, json.offset, json.length, type);
  }

  static ObjectNode readPayload(BytesRef json) {
    return Json.MAPPER.readValue(json.bytes, json.offset, json.length, ObjectNode.class);
  }

  private static BytesRef value(LeafReader reader, String field, int document) throws IOException {
    BinaryDocValues values = DocValues.getBinary(reader, field);
    if (!values.advanceExact(document)) {
      throw new IOException("document without " + field + ": the index is damaged");
    }
    return values.binaryValue();
  }

  /** The field that holds the embeddings of this language's model. */
  static String vectorField(Language language) {
    return language == Language.ENGLISH ? "vector_en" : "vector_zh";
  }

  private static Field vector(Language language, float[] vector) {
    return new KnnFloatVectorField(
        vectorField(language), vector, VectorSimilarityFunction.DOT_PRODUCT);
  }

  private static @Nullable LocalDate expirationDate(Memory memory) {
    JsonNode value = memory.payload().get(PayloadKeys.EXPIRATION_DATE);
    if (value == null || !value.isString()) {
      return null;
    }
    try {
      return LocalDate.parse(value.stringValue());
    } catch (DateTimeParseException notADate) {
      return null; // metadata may hold anything under this key; mem0 then never expires it
    }
  }

  private static BytesRef json(Object value) {
    return new BytesRef(Json.MAPPER.writeValueAsBytes(value));
  }
}
