package dev.tavernmem0.embedded.memory.store;

import dev.tavernmem0.embedded.memory.filter.MetadataFilter;
import java.io.IOException;
import java.util.Objects;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.ConstantScoreScorer;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TwoPhaseIterator;
import org.apache.lucene.search.Weight;
import org.jspecify.annotations.Nullable;

/**
 * Memories whose payload satisfies a metadata filter. Reads the payload of each document that the
 * query's other clauses leave over: metadata may hold anything, so there is no index on it.
 */
final class FilterQuery extends Query {
  /** A guess of what parsing a payload costs, in simple operations. */
  private static final float MATCH_COST = 2000;

  private final MetadataFilter filter;

  FilterQuery(MetadataFilter filter) {
    this.filter = filter;
  }

  @Override
  public Weight createWeight(IndexSearcher searcher, ScoreMode scoreMode, float boost) {
    return new ConstantScoreWeight(this, boost) {
      @Override
      public @Nullable Scorer scorer(LeafReaderContext context) throws IOException {
        BinaryDocValues payloads = context.reader().getBinaryDocValues(IndexDocuments.PAYLOAD);
        return payloads == null
            ? null
            : new ConstantScoreScorer(
                this, score(), scoreMode, new PayloadIterator(payloads, filter));
      }

      @Override
      public boolean isCacheable(LeafReaderContext context) {
        return false;
      }
    };
  }

  @Override
  public void visit(QueryVisitor visitor) {
    visitor.visitLeaf(this);
  }

  @Override
  public String toString(String field) {
    return filter.toString();
  }

  @Override
  public boolean equals(Object other) {
    return sameClassAs(other) && filter.equals(((FilterQuery) other).filter);
  }

  @Override
  public int hashCode() {
    return Objects.hash(classHash(), filter);
  }

  private static final class PayloadIterator extends TwoPhaseIterator {
    private final BinaryDocValues payloads;
    private final MetadataFilter filter;

    PayloadIterator(BinaryDocValues payloads, MetadataFilter filter) {
      super(payloads);
      this.payloads = payloads;
      this.filter = filter;
    }

    @Override
    public boolean matches() throws IOException {
      return filter.matches(IndexDocuments.readPayload(payloads.binaryValue()));
    }

    @Override
    public float matchCost() {
      return MATCH_COST;
    }
  }
}
