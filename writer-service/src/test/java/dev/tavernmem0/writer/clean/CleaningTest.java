package dev.tavernmem0.writer.clean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * What of a message is worth a memory. In the tables {@code ⏎} is the end of a line and what stands
 * behind {@code =>} is what is left; in angle quotes (‹…›) why nothing is.
 */
class CleaningTest {
  private static final CleaningRules WITHOUT_OOC = new CleaningRules(OutOfCharacter.DROP, Set.of());

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '§',
      textBlock =
          """
          # closed
          <think>I will lie.</think>The map is under the rug. => The map is under the rug.
          <think>⏎I will lie.⏎</think>⏎⏎The map is here. => The map is here.
          Hello. <think>Will she bite?</think> Goodbye. => Hello. Goodbye.
          One<think>x</think>two => One two
          <think>a</think>one<think>b</think> two => one two
          # its kin, in any case, with attributes
          <THINK>x</Think>Yes. => Yes.
          <think time="3" effort=high>x</think>Yes. => Yes.
          <thinking>x</thinking>Yes. => Yes.
          <thought>x</thought>Yes. => Yes.
          <thoughts>x</thoughts>Yes. => Yes.
          <reason>x</reason>Yes. => Yes.
          <reasoning>x</reasoning>Yes. => Yes.
          <analysis>x</analysis>Yes. => Yes.
          <reflection>x</reflection>Yes. => Yes.
          <scratchpad>x</scratchpad>Yes. => Yes.
          <antThinking>x</antThinking>Yes. => Yes.
          <chain_of_thought>x</chain_of_thought>Yes. => Yes.
          <seed:think>x</seed:think>Yes. => Yes.
          <longcat_think>x</longcat_think>Yes. => Yes.
          <思考>她在说谎</思考>好的。 => 好的。
          [THINK]x[/THINK]Yes. => Yes.
          [thinking]x[/thinking]Yes. => Yes.
          ◁think▷x◁/think▷Yes. => Yes.
          <|begin_of_thought|>x<|end_of_thought|>Yes. => Yes.
          <|START_THINKING|>x<|END_THINKING|>Yes. => Yes.
          <|channel|>analysis<|message|>x<|end|>Yes. => Yes.
          <|channel|>analysis<|message|>x<|start|>assistant<|channel|>final<|message|>Yes. => Yes.
          <|channel>thought⏎x<channel|>Yes. => Yes.
          <unused94>thought⏎x<unused95>Yes. => Yes.
          ```thinking⏎x⏎```⏎Yes. => Yes.
          &lt;think&gt;x&lt;/think&gt;Yes. => Yes.
          <think>x</thinking>Yes. => Yes.
          # nested, and named without being meant
          <think>a<think>b</think>c</think>Yes. => Yes.
          <think>I must use <think> here.</think>Yes. => Yes.
          <think>a <reflection>b</reflection> c</think>Yes. => Yes.
          # not closed
          <think>Plan: betray Alex => ‹reasoning only›
          Of course.⏎<think>Plan: betray Alex => Of course.
          Of course.⏎<think plan to betray => Of course.
          <think => ‹reasoning only›
          [THINK]Plan: betray Alex => ‹reasoning only›
          ```think⏎Plan: betray Alex => ‹reasoning only›
          # not opened
          Plan: betray Alex</think>Of course. => Of course.
          Plan: betray Alex⏎[/THINK]⏎Of course. => Of course.
          Plan:⏎```⏎betray⏎</think>⏎Here:⏎```⏎x = 1⏎```⏎Yes. => Here:⏎```⏎x = 1⏎```⏎Yes.
          Plan: betray Alex⏎</think> => ‹reasoning only›
          Plan: betray</think⏎ => ‹reasoning only›
          Yes.<|end|> => Yes.
          Yes.<|end|> And</think>no. => no.
          <think>a</think>Of course. </think>Really. => Of course. Really.
          # nothing in it
          <think></think>Yes. => Yes.
          <think/>Yes. => Yes.
          <think>a</think> => ‹reasoning only›
          # only spoken of
          Why does it print `<think>` all the time? => Why does it print `<think>` all the time?
          End it with `</think>`, please. => End it with `</think>`, please.
          ```xml⏎<think>⏎x⏎</think>⏎```⏎That is it. => ```xml⏎<think>⏎x⏎</think>⏎```⏎That is it.
          I think so. Thinking helps. => I think so. Thinking helps.
          [thinking] Where is he? => [thinking] Where is he?
          [analysis] The sample is old [/s] => [analysis] The sample is old [/s]
          <thinker>Rodin</thinker> => Rodin
          """)
  void reasoning_is_left_out(String message, String left) {
    check(message, left, CleaningRules.DEFAULT);
  }

  @Test
  void an_operator_can_name_more_tags_of_reasoning() {
    CleaningRules rules = new CleaningRules(OutOfCharacter.KEEP, Set.of("plan.b", "ponder"));

    check("<ponder>x</ponder>Yes.", "Yes.", rules);
    check("<Plan.B>x</plan.b>Yes.", "Yes.", rules);
    check("<planxb>x</planxb>Yes.", "xYes.", rules);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '§',
      textBlock =
          """
          # tags go, words stay
          <b>Bold</b> and <i>italic</i> => Bold and italic
          <font color=red size=2>"Run!"</font> => "Run!"
          <a href = "https://example.org" >the map</a> => the map
          <x-y / >Yes. => Yes.
          <font color="red">"Run!"</font> => "Run!"
          <FONT COLOR=red>"Run!"</FONT> => "Run!"
          <span style='color: #f00'>"Run!"</span> she cried. => "Run!" she cried.
          <p>One</p><p>Two</p> => One⏎⏎Two
          One<br>Two<br/>Three<BR />Four => One⏎Two⏎Three⏎Four
          One<hr>Two => One⏎Two
          <h2>Letter</h2>Dear Alex => Letter⏎⏎Dear Alex
          <ul><li>rope</li><li>lamp</li></ul> => - rope⏎- lamp
          <div>One</div><div>Two</div> => One⏎Two
          One<br><br>Two => One⏎⏎Two
          <blockquote>Dear Alex</blockquote> => Dear Alex
          <a href="https://example.org/a?b=1&amp;c">the map</a> => the map
          H<sub>2</sub>O => H2O
          <div>Unclosed words => Unclosed words
          Words</div> => Words
          <b>Un<i>tidy</b> words</i> => Untidy words
          <content>What was said.</content> => What was said.
          <正文>说过的话。</正文> => 说过的话。
          <custom-box mood="calm">What was said. => What was said.
          <StatusPlaceHolderImpl/>Yes. => Yes.
          One <img src="data:image/png;base64,AAAA"> two => One two
          Hello <a href="https://example => Hello
          <p hidden>Words</p> => Words
          <div ><b >Words</b ></div> => Words
          # comments, declarations, styles and scripts
          <!-- affection=42 -->Yes. => Yes.
          Yes.<!-- affection=42 => Yes.
          Yes<!-- a --> and <!-- b -->no => Yes and no
          <!DOCTYPE html>Yes. => Yes.
          <!doctype html "a">Yes. => Yes.
          <?xml version="1.0"?>Yes. => Yes.
          <style>.a > b { color: red }</style>Yes. => Yes.
          Yes.<style>.a { color: red => Yes.
          Yes.<script>if (a < b) { go() }</SCRIPT > No. => Yes. No.
          <script>a()</script>Yes.<script>b()</script> No. => Yes. No.
          I like his <style> a lot. => I like his a lot.
          Yes.<style>.a { color: red }</style => Yes.
          # panels
          <details><summary>Inventory</summary>| rope | 2 |</details>Yes. => Yes.
          <details open><div>rope</details>Yes. => Yes.
          <details>Unclosed words => Unclosed words
          <status>HP 83</status>Yes. => Yes.
          <Status_Block>HP 83</Status_Block>Yes. => Yes.
          <状态栏>体力 83</状态栏>好的。 => 好的。
          <div style="border: 1px"><h3>STATUS</h3><table><tr><td>HP</td><td>83</td></tr></table></div>Yes. => Yes.
          <div class="status-bar"><span>HP</span> 83</div>Yes. => Yes.
          <div><div><progress value="3"></progress></div>HP</div>Yes. => Yes.
          <div class="panel">Strength.</div>Yes. => Yes.
          <div class="panel">Mood is wary. HP: low!</div>Yes. => Yes.
          <div class="panel">体力八十三。心情好。</div>好的。 => 好的。
          <b>rope <input></b> Yes. => rope Yes.
          <table><tr><td>HP</td><td>83</td></tr></table> => ‹markup only›
          <div><style>.a{}</style>HP</div> => ‹markup only›
          <div><input type="checkbox">rope</div> => ‹markup only›
          <svg viewBox="0 0 9 9"><text>HP</text></svg>Yes. => Yes.
          # boxes in which somebody speaks
          <div class="status-bar">"Come in", she said.</div> => "Come in", she said.
          <div><table><tr><td>HP</td></tr></table>*She waves.*</div> => *She waves.*
          <div class="panel">The ship will sail at dawn. It is old.</div> => The ship will sail at dawn. It is old.
          <div class="panel">她在码头等了很久很久。</div> => 她在码头等了很久很久。
          <div><div class="panel">HP 3</div><p>The ship will sail at dawn.</p></div> => The ship will sail at dawn.
          <div style="x"><p>Dear Alex</p></div> => Dear Alex
          # status lines
          HP: 83/100 | Mood: wary⏎Yes. => Yes.
          [Time: noon | Place: the inn]⏎Yes. => Yes.
          | HP: 83 | MP: 4 | => ‹markup only›
          体力：83｜心情：好⏎好的。 => 好的。
          Alex: hello => Alex: hello
          Tea | coffee? => Tea | coffee?
          Alex: "yes" | Mara: "no" => Alex: "yes" | Mara: "no"
          http://a.b/c | http://d.e => http://a.b/c | http://d.e
          # what a chat template leaves
          Yes.<|im_end|> => Yes.
          Yes.</s> => Yes.
          <|eot_id|> => ‹markup only›
          <|im_start|>assistant⏎Yes. => Yes.
          <|start_header_id|>assistant<|end_header_id|>Yes. => Yes.
          I like user <|im_start|> tokens. => I like user tokens.
          """)
  void markup_is_left_out_and_what_was_said_stays(String message, String left) {
    check(message, left, CleaningRules.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*She waves.* \"Come in!\" _Really?_ **Now.** ~~no~~",
        "I <3 you",
        "a < b and b > a",
        "if a <b and c> d",
        "x << 2 >> 1 <= 3 <> 4 <- 5 -> 6",
        ">:( and <:) and >_<",
        "<Seraphina> waves. <Mara> does not.",
        "<Seraphina>Hello</Seraphina>",
        "<Mark> met <Ruby>",
        "<user> meets <char>",
        "<sigh> Well.",
        "That was a joke. </sarcasm>",
        "List<String> and vector<int> and Set<a>",
        "<https://example.org/a> and <mara@example.org>",
        "AT&T, R&D, a & b; &unknown; &copy without its sign",
        "- rope\n- lamp\n  - oil\n\n1. go\n2. stay",
        "- rope\n  * lamp\n  10. oil",
        "# Title\n\nOne\n\nTwo",
        "> quoted",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "[laughs](softly) [note] (aside) {{user}}",
        "array[0](x) and f(a)[1]",
        "[words][ref] [half](https://example.org",
        "[a](b\nc.d)",
        "what`s this",
        "🏳️‍🌈 我住在布拉格 ไทย عربي",
        "...",
        "?!",
        "❤️",
        "Use `<b>` and `&nbsp;` and `[a](http://b.c)` in ``code with ` in it``.",
        "```java\nif (a < b) { List<String> c; }\n\n\n  // &amp; <b>\n```\nDoes it compile?",
        "~~~\n<x>\n~~~",
        "````\n```\n<b>\n```\n````",
        "```\nAlex: hello there\nMara: go away\n```",
        "```yaml\nport: 80\nhost: a\n```",
        "```\nport 80\nhost: 1\n```",
        "```\nport: 80\n```",
        "```\nunclosed and words",
        "```js\nunclosed\n\nwords",
        "She sends a letter that contains: a lock of hair.",
        "He said (she sends a picture: no)",
        "She sent [an image] of the sea.",
        "image.png",
        "see https://example.org/a.png there",
        "https://example.org/page",
        "my data: none, data:x",
        "((brb)) (OOC: back) [OOC: hi]\nOOC: bye",
        "<b",
        "<",
        "< div > and </ b> and <1>",
        "<a href=\"never closed\nthe end",
        "<a href=\"never closed <b",
        "<a href=\"never closed > b",
        "a <b c=\"d\" \"> e",
        "x <y z=> w",
        "x <b y= > w",
        "<1 a=b>",
        "Map<a, b=c>",
        "Note: she lies |",
        "| a",
        "<div =x>",
      })
  void what_was_said_stays_as_it_is(String message) {
    assertThat(Cleaning.of(message, CleaningRules.DEFAULT)).isEqualTo(Cleaned.kept(message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '§',
      textBlock =
          """
          # panels between fences
          ```html⏎<div>HP 83</div>⏎```⏎Yes. => Yes.
          ```HTML {.x}⏎words⏎```⏎Yes. => Yes.
          ```css⏎.a { color: red }⏎```⏎Yes. => Yes.
          ```json⏎{"hp": 83}⏎```⏎Yes. => Yes.
          ```⏎{"hp": 83}⏎```⏎Yes. => Yes.
          ```⏎[ {"hp": 83} ]⏎```⏎Yes. => Yes.
          ```⏎<div class="x">HP</div>⏎```⏎Yes. => Yes.
          ```⏎<!-- x -->⏎```⏎Yes. => Yes.
          ```text⏎<!DOCTYPE html>⏎```⏎Yes. => Yes.
          ~~~html⏎HP⏎~~~⏎Yes. => Yes.
          ```status⏎HP⏎```⏎Yes. => Yes.
          ```⏎HP: 83/100⏎Mood: wary⏎```⏎Yes. => Yes.
          ```⏎══════⏎HP: 83 | MP: 4⏎Mood: wary⏎```⏎Yes. => Yes.
          Yes.⏎  ```html⏎  HP⏎  ``` => Yes.
          ```html⏎HP⏎``` => ‹markup only›
          # cut off: up to the next paragraph
          Yes.⏎```html⏎<div>HP⏎MP => Yes.
          ```html⏎<div>HP⏎MP⏎⏎Yes. => Yes.
          ```⏎<div>HP⏎MP⏎ ⏎Yes. => Yes.
          ```json => ‹markup only›
          # code stays, whatever is in it
          `a<b>c` => `a<b>c`
          ```html <b>``` => ```html <b>```
          ```python⏎{"a": 1}⏎``` => ```python⏎{"a": 1}⏎```
          ```js⏎<b>⏎```⏎<b>Yes</b> => ```js⏎<b>⏎```⏎Yes
          `<b>` is⏎```java⏎x⏎``` => `<b>` is⏎```java⏎x⏎```
          ```html⏎~~~⏎HP⏎⏎~~~⏎<b>Yes.</b> => ~~~⏎Yes.
          ```⏎HP: 3⏎⏎MP: 4⏎```⏎Yes. => Yes.
          `a` <b>c</b> `d` => `a` c `d`
          ``a`b`` <i>c</i> => ``a`b`` c
          <b>a ` b</b> => a ` b
          ` <b>a</b>⏎` => ` a⏎`
          <details>`x`</details>`y` => `y`
          """)
  void code_stays_unless_it_is_a_panel(String message, String left) {
    check(message, left, CleaningRules.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '§',
      textBlock =
          """
          [the map](https://example.org) => the map
          [the map](/a.html "Title (old)") => the map
          [the map](#there) and [that](?q) => the map and that
          [the map](mailto:a@b) => the map
          [the map](a.html) => the map
          [wiki](https://example.org/a_(b)) => wiki
          [a [b] c](https://example.org) => a [b] c
          [a](b.c) [d](e.f) => a d
          [[a](b.c)](d.e) => a
          ![](https://example.org/a.png) => ‹image only›
          ![a cat](cat) => ‹image only›
          Look: ![a cat](cat.png)! => Look: !
          [![a cat](cat.png)](https://example.org) Yes. => Yes.
          ![a [b](c.d) e](f.g) Yes. => Yes.
          <img src="a.png" alt="1girl"> => ‹image only›
          <pic prompt="1girl, red scarf"> => ‹image only›
          data:image/png;base64,iVBORw0KGgo= => ‹image only›
          ![](data:image/png;base64,iVBORw0KGgo=) => ‹image only›
          See data:text/html;charset=utf-8,abc now => See now
          https://example.org/a.png => ‹image only›
          Yes.⏎ https://example.org/a.JPEG?x=1 ⏎No. => Yes.⏎⏎No.
          /user/images/Mara/my cat.webp => ‹image only›
          user/images/Mara/1.png => ‹image only›
          /user/files/notes.txt => /user/files/notes.txt
          http://example.org/a.png and => http://example.org/a.png and
          ftp://example.org/a.png => ftp://example.org/a.png
          [Mara sends a picture that contains: masterpiece, 1girl]. => ‹image only›
          [Mara sends a picture that contains: masterpiece] Nice? => Nice?
          [Alex sent Mara a photo of a dog: [brown], 8k].Yes. => Yes.
          Yes. [Mara sends a picture that contains: 1girl, => Yes.
          [Mara sends a picture that contains: 1girl⏎Yes. => Yes.
          [Mara sends a picture that contains: <lora:x:1>, 1girl] Yes. => Yes.
          [a] Mara sends a picture that contains: none => [a] Mara sends a picture that contains: none
          [a⏎Mara sends a picture that contains: none => [a⏎Mara sends a picture that contains: none
          [A sends a picture: x] [B sends a picture: y] Yes. => Yes.
          image###1girl, red scarf###Yes. => Yes.
          [img]http://a.b/c.png[/img]Yes. => Yes.
          [IMG=3x4]http://a.b/c.png[/IMG]Yes. => Yes.
          """)
  void links_are_reduced_to_their_words_and_images_to_nothing(String message, String left) {
    check(message, left, CleaningRules.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '§',
      textBlock =
          """
          Tom &amp; Jerry &lt;3 => Tom & Jerry <3
          &quot;Yes&quot;&hellip; &#39;no&#39; &#x2014; &eacute; => "Yes"… 'no' — é
          a&nbsp;b => a b
          &amp;amp;amp;lt;3 => <3
          &lt;b&gt;Bold&lt;/b&gt; => Bold
          &am&#112;; => &
          &&#97;mp&semi; => &
          &NotEqualTilde;&CounterClockwiseContourIntegral; => ≂̸∳
          &nosuchthing; &; &#; &#x; &#99999999; => &nosuchthing; &; &#; &#x; &#99999999;
          &#xFDD0;1&#xFDD1;a => 1a
          `&amp;` &amp; => `&amp;` &
          """)
  void entities_are_decoded_but_not_in_code(String message, String left) {
    check(message, left, CleaningRules.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '§',
      textBlock =
          """
          One\\r\\nTwo\\rThree => One⏎Two⏎Three
          One⏎⏎⏎⏎Two⏎⏎Three => One⏎⏎Two⏎⏎Three
          ⏎ ⏎One  ⏎   two\\t three ⏎⏎ => One⏎two three
          One\\u2028Two\\u2029Three => One⏎Two⏎Three
          a\\u0000b\\u0008c\\u00A0 d\\u3000e => abc d e
          -   rope⏎    -  lamp⏎      1) oil => - rope⏎    - lamp⏎      1) oil
          a\\uFDD00\\uFDD1b => a0b
          """)
  void spaces_are_evened_out_and_paragraphs_stay(String message, String left) {
    check(unescaped(message), left, CleaningRules.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t\n", "\u200B", "\uFEFF \u2060", "&nbsp;", "\u0000"})
  void a_message_without_anything_to_see_is_empty(String message) {
    check(message, "‹empty›", CleaningRules.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '§',
      textBlock =
          """
          ((brb)) Yes. => Yes.
          Yes. ((back (really) now)) No. => Yes. No.
          （（等一下））好的。 => 好的。
          (OOC: can we skip?) Yes. => Yes.
          [ooc can we skip?] Yes. => Yes.
          {OOC: skip} 【OOC: skip】 Yes. => Yes.
          ( OOC: a :) b) Yes. => b) Yes.
          Yes.⏎(OOC: never closed⏎No. => Yes.⏎⏎No.
          Yes. (OOC: never closed => Yes.
          OOC: skip⏎Yes. => Yes.
          *OOC: skip*⏎Yes.⏎// ooc: again => Yes.
          OOC： 跳过⏎好的。 => 好的。
          ((brb)) => ‹out of character only›
          OOC: brb => ‹out of character only›
          # not remarks
          (aside) f((a)(b)) ((unclosed => (aside) f((a)(b)) ((unclosed
          (a) ((b) c) (() => (a) ((b) c) (()
          The OOCS: (oocyte) => The OOCS: (oocyte)
          Do you know what OOC: means? => Do you know what OOC: means?
          """)
  void remarks_out_of_character_are_left_out_if_that_is_wanted(String message, String left) {
    check(message, left, WITHOUT_OOC);
    assertThat(Cleaning.of(lines(message), CleaningRules.DEFAULT).text())
        .isEqualTo(Whitespace.normal(lines(message)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '§',
      textBlock =
          """
          <think>a</think><img src="a">((b))<b></b> => ‹reasoning only›
          <b></b>((b))<img src="a"> => ‹image only›
          <b></b>((b)) => ‹out of character only›
          <b></b> => ‹markup only›
          """)
  void the_reason_tells_the_most_of_what_was_left_out(String message, String left) {
    check(message, left, WITHOUT_OOC);
  }

  @Test
  void of_a_text_that_was_made_to_go_on_and_on_the_words_stay() {
    check(
        "<wbr".repeat(12) + ">".repeat(12) + " Yes.",
        "wbr wbr wbr wbr Yes.",
        CleaningRules.DEFAULT);
    check("<wbr".repeat(5) + ">".repeat(5) + " Yes.", "Yes.", CleaningRules.DEFAULT);
  }

  /** The cases of bug reports, as they stood in chats. */
  @ParameterizedTest
  @MethodSource
  void cases(String file, List<String> left) throws IOException {
    assertThat(messages(file).map(CleaningTest::shown)).containsExactlyElementsOf(left);
  }

  static Object[][] cases() {
    return new Object[][] {
      {
        "think.jsonl",
        List.of(
            "Hello, I am Mara.",
            "My sister Joana moved to Porto.",
            "Porto is lovely in spring.",
            "She works at the aquarium there.",
            "‹reasoning only›",
            "Good night.",
            "‹empty›",
            "Are you there?")
      },
      {
        "think-unclosed.jsonl",
        List.of("Greeting S.", "Where is the map?", "The map is under the rug.", "Thanks.")
      },
      {
        "html.jsonl",
        List.of(
            "Hi.",
            "When does the ship leave?",
            "*Mara wipes the glass.* \"The **Gannet** sails at dawn.\"",
            "I will be there.")
      },
      {
        "image.jsonl",
        List.of(
            "Hi.",
            "‹empty›",
            "A lighthouse! Where was that?",
            "In Cascais, last June.",
            "‹image only›",
            "Nice scarf.")
      }
    };
  }

  @Property(tries = 3000)
  void cleaning_twice_is_cleaning_once(@ForAll("hostile") String message) {
    for (CleaningRules rules : List.of(CleaningRules.DEFAULT, WITHOUT_OOC)) {
      Cleaned once = Cleaning.of(message, rules);

      assertThat(Cleaning.of(once.text(), rules).text()).isEqualTo(once.text());
    }
  }

  @Property
  void any_text_can_be_cleaned(@ForAll String message) {
    Cleaned cleaned = Cleaning.of(message, CleaningRules.DEFAULT);

    assertThat(cleaned.text().isEmpty()).isEqualTo(cleaned.skipReason() != null);
  }

  /** Pieces of everything that the rules look for, in any order. */
  @Provide
  Arbitrary<String> hostile() {
    return Arbitraries.of(
            "<",
            ">",
            "</",
            "/>",
            "&",
            ";",
            "&lt;",
            "&gt;",
            "&amp;",
            "&#96;",
            "`",
            "```",
            "\n",
            " ",
            "\n\n",
            "~~~",
            "html",
            "think",
            "<think>",
            "</think>",
            "[THINK]",
            "[/THINK]",
            "◁think▷",
            "<|",
            "|>",
            "<|end|>",
            "[",
            "]",
            "(",
            ")",
            "](",
            "![",
            "((",
            "))",
            "OOC:",
            "(OOC",
            "a",
            "b.c",
            "\"",
            "'",
            "=",
            "<div",
            "<b>",
            "</b>",
            "<table>",
            "<details>",
            "</details>",
            "<style>",
            "</style>",
            "{",
            "<!--",
            "-->",
            "<x y=z>",
            "<Mara>",
            "</Mara>",
            "|",
            ": ",
            "HP: 8",
            "sends a picture:",
            "image###",
            "###",
            "data:image/png,",
            "http://a.b/c.png",
            "- ",
            "\uFDD0",
            "0",
            "\uFDD1",
            "\u00A0",
            "word ",
            "She waves to him now. ",
            "*")
        .list()
        .ofMaxSize(25)
        .map(pieces -> String.join("", pieces));
  }

  private static Stream<String> messages(String file) throws IOException {
    try (InputStream in = CleaningTest.class.getResourceAsStream(file)) {
      String lines = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return lines
          .lines()
          .skip(1)
          .map(Json.MAPPER::readTree)
          .map((JsonNode line) -> line.get("mes").stringValue());
    }
  }

  private static String unescaped(String text) {
    return Pattern.compile("\\\\u(\\p{XDigit}{4})")
        .matcher(text)
        .replaceAll(code -> Character.toString(Integer.parseInt(code.group(1), 16)))
        .translateEscapes();
  }

  private static void check(String message, String left, CleaningRules rules) {
    Cleaned cleaned = Cleaning.of(lines(message), rules);

    assertThat(shown(cleaned)).isEqualTo(lines(left));
    assertThat(Cleaning.of(cleaned.text(), rules).text()).isEqualTo(cleaned.text());
  }

  private static String shown(String message) {
    return shown(Cleaning.of(message, CleaningRules.DEFAULT));
  }

  private static String shown(Cleaned cleaned) {
    return cleaned.skipReason() == null ? cleaned.text() : "‹" + cleaned.skipReason() + "›";
  }

  private static String lines(String text) {
    return text.replace('⏎', '\n');
  }
}
