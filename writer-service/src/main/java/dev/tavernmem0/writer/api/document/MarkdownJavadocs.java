package dev.tavernmem0.writer.api.document;

import com.github.therapi.runtimejavadoc.CommentFormatter;
import com.github.therapi.runtimejavadoc.RuntimeJavadoc;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.providers.SpringDocJavadocProvider;

/**
 * What stands at the code, as the CommonMark that descriptions are written in. Not thread-safe, as
 * springdoc's own; it makes the document under a lock.
 */
final class MarkdownJavadocs extends SpringDocJavadocProvider {
  private final CommentFormatter formatter = new CommentFormatter();

  private static String markdown(@Nullable String html) {
    return html == null
        ? ""
        : html.replaceAll("</?code>", "`")
            .replaceAll("\\s+", " ")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
            .strip();
  }

  @Override
  public String getClassJavadoc(Class<?> type) {
    return markdown(super.getClassJavadoc(type));
  }

  @Override
  public Map<String, String> getRecordClassParamJavadoc(Class<?> type) {
    return super.getRecordClassParamJavadoc(type).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> markdown(entry.getValue())));
  }

  @Override
  public String getMethodJavadocDescription(Method method) {
    return markdown(super.getMethodJavadocDescription(method));
  }

  @Override
  public String getMethodJavadocReturn(Method method) {
    return markdown(super.getMethodJavadocReturn(method));
  }

  @Override
  public String getParamJavadoc(Method method, String name) {
    return markdown(super.getParamJavadoc(method, name));
  }

  /** What stands at a constant; empty if nothing does. */
  String getConstantJavadoc(Enum<?> constant) {
    return markdown(formatter.format(RuntimeJavadoc.getJavadoc(constant).getComment()));
  }
}
