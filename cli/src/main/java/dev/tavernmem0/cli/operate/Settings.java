package dev.tavernmem0.cli.operate;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the services are and which key they want, as an operator has said it. The first that says
 * something wins: an option, the profile that an option names, an environment variable, the user's
 * profile, what {@code tavern-mem0 run} has left in its data directory, the default.
 */
final class Settings {
  /** Shown to all services that have no key of their own. */
  static final String KEY = "api-key";

  static final String RETRIEVER_KEY = "retriever-api-key";

  /** What the services themselves, and SillyTavern's plugin, call the same. */
  private static final Map<String, String> VARIABLES =
      Map.of(
          Part.WATCHER.urlSetting(),
          "TAVERN_MEM0_WATCHER_URL",
          Part.WRITER.urlSetting(),
          "TAVERN_MEM0_WRITER_URL",
          Part.RETRIEVER.urlSetting(),
          "TAVERN_MEM0_RETRIEVER_URL",
          Part.TARGET_WRITER.urlSetting(),
          "TAVERN_MEM0_TARGET_WRITER_URL",
          KEY,
          "TAVERN_ACCESS_API_KEY",
          RETRIEVER_KEY,
          "TAVERN_MEM0_RETRIEVER_API_KEY");

  private final Messages messages;
  private final List<Map<String, Setting>> sources;

  private Settings(Messages messages, List<Map<String, Setting>> sources) {
    this.messages = messages;
    this.sources = sources;
  }

  /**
   * Reads them.
   *
   * @param options those that were given, by the setting's name
   * @param profile the file that an option names; null if none does
   * @param environment variables
   * @param userProfile read if it is there
   * @param running what {@code run} has left; read if it is there
   * @throws BadSettingException if a file cannot be read, or has something else in it
   */
  static Settings of(
      Messages messages,
      Map<String, Setting> options,
      @Nullable Path profile,
      Map<String, String> environment,
      Path userProfile,
      Path running) {
    List<Map<String, Setting>> sources = new ArrayList<>();
    sources.add(options);
    if (profile != null) {
      sources.add(
          file(messages, profile)
              .orElseThrow(
                  () -> new BadSettingException(messages.text("setting.no-profile", profile))));
    }
    sources.add(variables(environment));
    file(messages, userProfile).ifPresent(sources::add);
    file(messages, running).ifPresent(sources::add);
    return new Settings(messages, sources);
  }

  /** The user's profile: in the platform's place for a user's configuration. */
  static Path userProfile(Map<String, String> environment) {
    String windows = environment.getOrDefault("APPDATA", "");
    String xdg = environment.getOrDefault("XDG_CONFIG_HOME", "");
    Path base =
        !windows.isBlank()
            ? Path.of(windows)
            : xdg.isBlank() ? Path.of(System.getProperty("user.home"), ".config") : Path.of(xdg);
    return base.resolve("tavern-mem0").resolve("profile.properties");
  }

  /**
   * Whether a profile is there and holds a key.
   *
   * @throws BadSettingException if it cannot be read, or has something else in it
   */
  static boolean hasKey(Messages messages, Path profile) {
    return file(messages, profile)
        .map(settings -> settings.containsKey(KEY) || settings.containsKey(RETRIEVER_KEY))
        .orElse(false);
  }

  /** The variable that says the same as a setting. */
  static String variable(String setting) {
    return String.valueOf(VARIABLES.get(setting));
  }

  /**
   * Where a service is, and what it is shown.
   *
   * @throws BadSettingException if that is no address
   */
  Endpoint endpoint(Part part) {
    Setting url = find(part.urlSetting()).orElse(new Setting(part.defaultUrl(), null));
    Optional<Setting> key = part == Part.RETRIEVER ? find(RETRIEVER_KEY) : Optional.empty();
    return new Endpoint(
        part, url(part, url), url.from(), key.or(() -> find(KEY)).map(this::key).orElse(null));
  }

  /** It goes into a header. */
  private Setting key(Setting given) {
    Setting key = new Setting(given.value().strip(), given.from());
    if (key.value().isEmpty() || !key.value().chars().allMatch(each -> each > ' ' && each <= '~')) {
      throw new BadSettingException(messages.text("setting.no-key", key.from()));
    }
    return key;
  }

  private URI url(Part part, Setting setting) {
    try {
      URI url = new URI(setting.value().strip().replaceFirst("/+$", ""));
      if (url.getHost() != null
          && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
        return url;
      }
    } catch (URISyntaxException e) {
      // Falls through: what is wrong with it does not matter.
    }
    throw new BadSettingException(
        messages.text("setting.no-url", setting.from(), setting.value(), part.defaultUrl()));
  }

  /** Whether anybody says where a service is. */
  boolean isSaid(Part part) {
    return find(part.urlSetting()).isPresent();
  }

  private Optional<Setting> find(String setting) {
    return sources.stream()
        .flatMap(it -> Optional.ofNullable(it.get(setting)).stream())
        .findFirst();
  }

  /** A variable that is set to nothing is as good as none. */
  private static Map<String, Setting> variables(Map<String, String> environment) {
    return VARIABLES.entrySet().stream()
        .filter(each -> !environment.getOrDefault(each.getValue(), "").isBlank())
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                each ->
                    new Setting(environment.getOrDefault(each.getValue(), ""), each.getValue())));
  }

  /** Empty if there is no such file. */
  private static Optional<Map<String, Setting>> file(Messages messages, Path path) {
    Properties properties = new Properties();
    try (Reader text = new StringReader(Files.readString(path))) {
      properties.load(text);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      // Its message may quote the file, which may have a key in it.
      throw new BadSettingException(messages.text("setting.unreadable", path));
    }
    for (String name : new TreeSet<>(properties.stringPropertyNames())) {
      if (!VARIABLES.containsKey(name)) {
        throw new BadSettingException(
            messages.text(
                "setting.unknown",
                path,
                name,
                String.join(", ", new TreeSet<>(VARIABLES.keySet()))));
      }
    }
    return Optional.of(
        properties.stringPropertyNames().stream()
            .filter(name -> !properties.getProperty(name).isBlank())
            .collect(
                Collectors.toMap(
                    name -> name,
                    name -> new Setting(properties.getProperty(name), path + ": " + name))));
  }
}
