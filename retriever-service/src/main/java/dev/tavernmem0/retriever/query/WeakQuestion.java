package dev.tavernmem0.retriever.query;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Recognises a question that names nothing to search for: "Do you remember?", "那它叫什么来着?". Searched
 * as it is, it finds whatever else was ever said in such words. English and Chinese; a word of any
 * other language counts as something to search for, as does the first person ("What am I afraid
 * of?" is about somebody known).
 */
final class WeakQuestion {
  private static final Pattern WORD =
      Pattern.compile("\\p{IsHan}|[\\p{L}\\p{M}\\p{N}&&[^\\p{IsHan}]]+");

  private static final Set<String> ENGLISH =
      words(
          "a about ago again ah all also am an and any anything are aren as at be been before but"
              + " by called can come could couldn d day did didn do does doesn doing don done else"
              + " ever exactly for forget forgot forgotten from go guess had has have haven he hello"
              + " her hers hey hi him his hm hmm how huh if in is isn it its just know like ll m"
              + " maybe mean meant no not now of oh ok okay on once one ones or other please re"
              + " really recall remember remembered remind right s said say see she should so some"
              + " something still stuff sure t tell than that the their them then there these they"
              + " thing things think this those time to told too truly uh um up ve very was wasn"
              + " well were weren what when where which who whom whose why will with won would"
              + " wouldn yeah yes yet you your yours");

  private static final Set<String> CHINESE =
      characters(
          "你您他她它们們还還记記得吗嗎么麼嘛呢吧啊呀哦喔哈嗯欸诶那这這哪什甚怎谁誰叫来來着著是的地了过過在有没沒不"
              + "知道想起说說讲講告诉訴一个個件事东東西样樣上次回以前之后後再又就都也能会會可要请請好对對呗唄忘掉到底究竟");

  private WeakQuestion() {}

  private static Set<String> words(String list) {
    return Set.copyOf(Arrays.asList(list.split(" ", -1)));
  }

  private static Set<String> characters(String list) {
    return list.codePoints().mapToObj(Character::toString).collect(Collectors.toUnmodifiableSet());
  }

  static boolean is(String question) {
    String normal = Normalizer.normalize(question, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    Matcher word = WORD.matcher(normal);
    boolean any = false;
    while (word.find()) {
      any = true;
      if (!ENGLISH.contains(word.group()) && !CHINESE.contains(word.group())) {
        return false;
      }
    }
    return any;
  }
}
