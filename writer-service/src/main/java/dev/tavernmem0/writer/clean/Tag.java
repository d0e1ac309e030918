package dev.tavernmem0.writer.clean;

import java.util.Locale;
import java.util.Set;

/**
 * Something in angle brackets that has the form of a tag.
 *
 * @param start of {@code <}
 * @param end behind {@code >}
 * @param kind what it does
 * @param name as it is written; empty for comments
 * @param attributes what stands behind the name
 * @param hasValues whether one of the attributes has a value
 * @param hasWords whether one of the attributes is a word that HTML does not know as one
 */
record Tag(
    int start,
    int end,
    Kind kind,
    String name,
    String attributes,
    boolean hasValues,
    boolean hasWords) {

  enum Kind {
    OPENING,
    CLOSING,
    /** Closed by itself: {@code <x/>}. */
    ALONE,
    /** A comment or declaration, or a style or script with all that is in it. */
    HIDDEN
  }

  /** HTML's of the past, which SillyTavern shows as well. */
  private static final Set<String> OLD_NAMES =
      Set.of("font", "center", "marquee", "strike", "big", "tt", "acronym", "blink", "nobr");

  private static final Set<String> VOID =
      Set.of(
          "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
          "track", "wbr");

  private static final Set<String> BLOCKS =
      Set.of(
          "address",
          "article",
          "aside",
          "blockquote",
          "body",
          "caption",
          "center",
          "dd",
          "details",
          "dialog",
          "div",
          "dl",
          "dt",
          "fieldset",
          "figcaption",
          "figure",
          "footer",
          "form",
          "h1",
          "h2",
          "h3",
          "h4",
          "h5",
          "h6",
          "header",
          "hr",
          "html",
          "legend",
          "li",
          "main",
          "nav",
          "ol",
          "p",
          "pre",
          "section",
          "summary",
          "table",
          "tbody",
          "thead",
          "tfoot",
          "tr",
          "ul",
          "br");

  private static final Set<String> BOXES =
      Set.of(
          "article",
          "aside",
          "body",
          "center",
          "div",
          "fieldset",
          "footer",
          "form",
          "header",
          "html",
          "main",
          "nav",
          "section",
          "span",
          "table");

  private static final Set<String> WITHOUT_SPEECH =
      Set.of(
          "audio",
          "button",
          "canvas",
          "details",
          "embed",
          "head",
          "iframe",
          "meter",
          "noscript",
          "object",
          "progress",
          "select",
          "svg",
          "template",
          "textarea",
          "title",
          "video");

  private static final Set<String> PARTS_OF_PANELS =
      Set.of(
          "button",
          "details",
          "input",
          "meter",
          "progress",
          "select",
          "svg",
          "table",
          "script",
          "style");

  private static final Set<String> IMAGES = Set.of("img", "image", "picture", "pic", "svg");

  String lowerName() {
    return name.toLowerCase(Locale.ROOT);
  }

  boolean isHtml() {
    return org.jsoup.parser.Tag.isKnownTag(lowerName()) || OLD_NAMES.contains(lowerName());
  }

  boolean isVoid() {
    return VOID.contains(lowerName());
  }

  boolean isBlock() {
    return BLOCKS.contains(lowerName());
  }

  /** Whether it can be the frame of a panel. */
  boolean isBox() {
    return BOXES.contains(lowerName());
  }

  /** Whether only panels have it. */
  boolean isPartOfPanel() {
    return PARTS_OF_PANELS.contains(lowerName())
        || (isHtml() && hasValues && Panels.isName(attributes));
  }

  /** Whether nothing in it is said. */
  boolean isWithoutSpeech() {
    return WITHOUT_SPEECH.contains(lowerName()) || (!isHtml() && Panels.isName(name));
  }

  boolean isImage() {
    return IMAGES.contains(lowerName());
  }

  /** Whether it is written as the names of people are: {@code <Mark>}. */
  boolean isCapitalised() {
    return Character.isUpperCase(name.codePointAt(0))
        && !name.equals(name.toUpperCase(Locale.ROOT));
  }

  boolean hasAttributes() {
    return hasValues || hasWords;
  }
}
