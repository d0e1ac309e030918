package dev.tavernmem0.embedded.memory.store;

import dev.tavernmem0.embedded.memory.embedding.Language;
import dev.tavernmem0.embedded.memory.filter.MetadataFilter;
import dev.tavernmem0.embedded.memory.search.HybridScore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;

/**
 * Search as mem0 v2 does it: the nearest memories by embedding are the candidates, those below the
 * threshold drop out, and what is left is ranked by embedding and keywords together.
 */
final class HybridSearch {
  /** A query may be a whole message; words beyond these hardly change the ranking. */
  private static final int MAX_QUERY_TERMS = 128;

  private static final int MIN_CANDIDATES = 60;
  private static final int CANDIDATES_PER_RESULT = 4;

  private final TextAnalyzer analyzer = TextAnalyzer.forQueries();

  List<SearchHit> search(IndexSearcher searcher, SearchRequest request) throws IOException {
    if (searcher.getIndexReader().numDocs() == 0 || request.limit() == 0) {
      return List.of();
    }
    Query allowed = allowed(request);
    int candidates = candidates(request.limit(), searcher.getIndexReader().numDocs());
    Language language = request.vector().language();
    ScoreDoc[] nearest =
        searcher.search(
                new KnnFloatVectorQuery(
                    IndexDocuments.vectorField(language),
                    request.vector().vector(),
                    candidates,
                    allowed),
                candidates)
            .scoreDocs;
    Map<Integer, Double> keywordScores =
        keywordScores(searcher, request.text(), allowed, candidates);
    double maxPossible = keywordScores.isEmpty() ? 1 : 2;

    List<Candidate> ranked = new ArrayList<>();
    for (ScoreDoc hit : nearest) {
      double semantic = language.relevance(cosine(hit.score));
      if (semantic >= request.threshold()) {
        double bm25 = keywordScores.getOrDefault(hit.doc, 0.0);
        ranked.add(new Candidate(hit.doc, new HybridScore(semantic, bm25, maxPossible)));
      }
    }
    ranked.sort(Comparator.comparingDouble((Candidate c) -> c.score.combined()).reversed());

    List<SearchHit> hits = new ArrayList<>();
    for (Candidate candidate : ranked.subList(0, Math.min(request.limit(), ranked.size()))) {
      hits.add(new SearchHit(memory(searcher, candidate.document), candidate.score));
    }
    return hits;
  }

  private static Query allowed(SearchRequest request) {
    Query inScope = IndexDocuments.inScope(request.scope(), request.showExpired());
    if (request.filter().equals(MetadataFilter.any())) {
      return inScope;
    }
    return new BooleanQuery.Builder()
        .add(inScope, Occur.FILTER)
        .add(new FilterQuery(request.filter()), Occur.FILTER)
        .build();
  }

  static Memory memory(IndexSearcher searcher, int document) throws IOException {
    List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
    LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(document, leaves));
    return IndexDocuments.readMemory(leaf.reader(), document - leaf.docBase);
  }

  private Map<Integer, Double> keywordScores(
      IndexSearcher searcher, String text, Query allowed, int candidates) throws IOException {
    Set<String> terms = analyzer.terms(text, MAX_QUERY_TERMS);
    if (terms.isEmpty()) {
      return Map.of();
    }
    BooleanQuery.Builder words = new BooleanQuery.Builder().setMinimumNumberShouldMatch(1);
    words.add(allowed, Occur.FILTER);
    terms.forEach(
        term -> words.add(new TermQuery(new Term(IndexDocuments.TEXT, term)), Occur.SHOULD));
    Map<Integer, Double> scores = new HashMap<>();
    for (ScoreDoc hit : searcher.search(words.build(), candidates).scoreDocs) {
      scores.put(hit.doc, HybridScore.normaliseBm25(hit.score, terms.size()));
    }
    return scores;
  }

  private static int candidates(int limit, int documents) {
    long wanted = Math.max((long) limit * CANDIDATES_PER_RESULT, MIN_CANDIDATES);
    return (int) Math.min(wanted, documents);
  }

  /** Lucene scores a dot product d as (1 + d) / 2. */
  private static double cosine(float luceneScore) {
    return 2.0 * luceneScore - 1;
  }

  private record Candidate(int document, HybridScore score) {}
}
