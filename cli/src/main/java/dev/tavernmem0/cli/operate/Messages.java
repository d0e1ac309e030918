package dev.tavernmem0.cli.operate;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * What the commands say, in the user's language: English or Chinese. The texts are {@code
 * messages*.properties}, in {@link String#format}'s syntax; picocli takes the help from there too.
 */
public final class Messages {
  private static final String BUNDLE = "dev.tavernmem0.cli.operate.messages";

  /** In the order in which GNU's programs look at them. */
  private static final List<String> VARIABLES =
      List.of("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG");

  private final ResourceBundle bundle;

  private Messages(ResourceBundle bundle) {
    this.bundle = bundle;
  }

  /** In the language that the environment asks for; Java knows only locales that are installed. */
  public static Messages of(Map<String, String> environment) {
    return VARIABLES.stream()
        .map(variable -> environment.getOrDefault(variable, ""))
        .filter(value -> !value.isBlank())
        .findFirst()
        .map(value -> in(Locale.forLanguageTag(value.split("[_.@:]", 2)[0])))
        .orElseGet(() -> in(Locale.getDefault(Locale.Category.DISPLAY)));
  }

  /** In this language, or in English. */
  public static Messages in(Locale language) {
    return new Messages(
        ResourceBundle.getBundle(
            BUNDLE,
            language,
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES)));
  }

  /** For picocli. */
  public ResourceBundle bundle() {
    return bundle;
  }

  public boolean has(String key) {
    return bundle.containsKey(key);
  }

  public String text(String key, @Nullable Object... arguments) {
    return String.format(Locale.ROOT, bundle.getString(key), arguments);
  }
}
