package dev.tavernmem0.embedded.memory.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.StopFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.cjk.CJKWidthFilter;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/**
 * Words for keyword search in any mix of languages: English is stemmed, Chinese, Japanese and
 * Korean become overlapping pairs of characters, everything else is split at word borders and
 * lower-cased.
 */
final class TextAnalyzer extends Analyzer {
  private final boolean singleCharacters;

  private TextAnalyzer(boolean singleCharacters) {
    this.singleCharacters = singleCharacters;
  }

  /** For stored texts: CJK characters also one by one, so that a one-character query finds them. */
  static TextAnalyzer forIndex() {
    return new TextAnalyzer(true);
  }

  /** For queries: CJK characters in pairs, alone only where they stand alone. */
  static TextAnalyzer forQueries() {
    return new TextAnalyzer(false);
  }

  /** The different words of a text, in order, not more than this many. */
  Set<String> terms(String text, int max) {
    Set<String> terms = new LinkedHashSet<>();
    try (TokenStream tokens = tokenStream("", text)) {
      CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
      tokens.reset();
      while (terms.size() < max && tokens.incrementToken()) {
        terms.add(term.toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a string cannot be read", e);
    }
    return terms;
  }

  @Override
  protected TokenStreamComponents createComponents(String fieldName) {
    StandardTokenizer words = new StandardTokenizer();
    TokenStream stream = new CJKWidthFilter(words);
    stream = new EnglishPossessiveFilter(stream);
    stream = new LowerCaseFilter(stream);
    stream = new CJKBigramFilter(stream, allScripts(), singleCharacters);
    stream = new StopFilter(stream, EnglishAnalyzer.getDefaultStopSet());
    stream = new PorterStemFilter(stream);
    return new TokenStreamComponents(words, stream);
  }

  private static int allScripts() {
    return CJKBigramFilter.HAN
        | CJKBigramFilter.HIRAGANA
        | CJKBigramFilter.KATAKANA
        | CJKBigramFilter.HANGUL;
  }
}
