package dev.tavernmem0.cli.operate;

import dev.tavernmem0.cli.run.RunningServices;
import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What all commands that operate services have in common: where these are, how answers are shown,
 * and what becomes of failures.
 */
public class Operation {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--output", paramLabel = "text|json", defaultValue = "text")
  private Output output = Output.TEXT;

  @Option(names = "--watcher-url", paramLabel = "URL")
  private @Nullable String watcherUrl;

  @Option(names = "--writer-url", paramLabel = "URL")
  private @Nullable String writerUrl;

  @Option(names = "--retriever-url", paramLabel = "URL")
  private @Nullable String retrieverUrl;

  @Option(names = "--target-writer-url", paramLabel = "URL")
  private @Nullable String targetWriterUrl;

  @Option(names = "--api-key-file", paramLabel = "FILE")
  private @Nullable Path apiKeyFile;

  @Option(names = "--profile", paramLabel = "FILE")
  private @Nullable Path profile;

  private final Surroundings surroundings;
  private final Messages messages;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec before it calls anything
  Operation(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.messages = surroundings.messages();
  }

  /** What a command does. */
  public interface Action {
    /**
     * Does it.
     *
     * @return the exit code
     * @throws OperateException if it is not carried out
     */
    int run(Services services, Screen screen);
  }

  /** Carries a command out. */
  public int run(Action action) {
    Map<String, String> environment = surroundings.variables();
    PrintWriter out = command.commandLine().getOut();
    try {
      Settings settings =
          Settings.of(
              messages,
              options(),
              profile,
              environment,
              Settings.userProfile(environment),
              RunningServices.file(environment));
      Screen screen = new Screen(out, output, messages);
      int exitCode = action.run(new Services(settings, messages, isOfTarget()), screen);
      if (isOfTarget() && output == Output.TEXT) {
        screen.say("target.note");
        out.flush();
      }
      return exitCode;
    } catch (BadSettingException e) {
      throw wrongUsage(String.valueOf(e.getMessage()));
    } catch (OperateException e) {
      tell(e);
      return e.exitCode();
    }
  }

  /** Whether the writer is asked that fills another mem0. */
  boolean isOfTarget() {
    return false;
  }

  /** A command of ours, for what this one was about. */
  String next(String command) {
    return "tavern-mem0 " + command + (isOfTarget() ? " --target" : "");
  }

  /** Variables. */
  public Map<String, String> environment() {
    return surroundings.variables();
  }

  /** The files that are there and from which keys of the services come. */
  public List<Path> filesWithKeys() {
    return Stream.concat(
            Stream.ofNullable(apiKeyFile),
            Stream.of(
                    Optional.ofNullable(profile),
                    Optional.of(Settings.userProfile(surroundings.variables())))
                .flatMap(Optional::stream)
                .filter(file -> Settings.hasKey(messages, file)))
        .distinct()
        .toList();
  }

  /** Whether something may be deleted; says so if not. */
  boolean confirmed(Confirmation confirmation, String question) {
    PrintWriter err = command.commandLine().getErr();
    boolean given =
        confirmation.given(
            question + " " + messages.text("confirm.how"), surroundings.input(), err);
    if (!given) {
      err.println();
      err.println("tavern-mem0: " + messages.text("confirm.no"));
      err.flush();
    }
    return given;
  }

  Messages messages() {
    return messages;
  }

  /** For what takes long. Nothing is shown where nobody looks. */
  ProgressLine progress(String task) {
    OutputStream terminal = Ansi.AUTO.enabled() ? System.err : OutputStream.nullOutputStream();
    return new ProgressLine(task, new PrintStream(terminal, true, StandardCharsets.UTF_8));
  }

  /** Tells people how far a download is; programs see its end. */
  Progress progress() {
    PrintWriter err = command.commandLine().getErr();
    Screen screen = new Screen(err, output, messages);
    return new Progress() {
      @Override
      public void waiting() {
        say("progress.waiting");
      }

      @Override
      public void received(long bytes) {
        say("progress.received", bytes / 1024);
      }

      private void say(String key, Object... arguments) {
        if (output == Output.TEXT) {
          screen.say(key, arguments);
          err.flush();
        }
      }
    };
  }

  /** For what picocli cannot see. */
  ParameterException wrongUsage(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  private void tell(OperateException e) {
    PrintWriter err = command.commandLine().getErr();
    if (output == Output.JSON) {
      err.println(Json.MAPPER.writeValueAsString(e.json()));
    } else {
      Screen screen = new Screen(err, output, messages);
      screen.line("tavern-mem0: " + e.getMessage());
      if (e.mend() != null) {
        screen.line("  " + e.mend());
      }
    }
    err.flush();
  }

  private Map<String, Setting> options() {
    Map<String, Setting> given = new HashMap<>();
    put(given, Part.WATCHER, watcherUrl);
    put(given, Part.WRITER, writerUrl);
    put(given, Part.RETRIEVER, retrieverUrl);
    put(given, Part.TARGET_WRITER, targetWriterUrl);
    if (apiKeyFile != null) {
      Setting key = new Setting(key(apiKeyFile), "--api-key-file " + apiKeyFile);
      given.put(Settings.KEY, key);
      given.put(Settings.RETRIEVER_KEY, key);
    }
    return given;
  }

  private static void put(Map<String, Setting> given, Part part, @Nullable String url) {
    if (url != null) {
      given.put(part.urlSetting(), new Setting(url, "--" + part.urlSetting()));
    }
  }

  private String key(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new BadSettingException(messages.text("setting.unreadable", file));
    }
  }
}
