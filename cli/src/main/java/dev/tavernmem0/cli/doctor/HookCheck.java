package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.cli.UserErrorException;
import dev.tavernmem0.cli.hook.HookFiles;
import dev.tavernmem0.cli.hook.SillyTavernApp;
import dev.tavernmem0.cli.operate.Messages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether the extension and the server plugin are in SillyTavern's program directory, as this
 * program would put them there, and whether server plugins are switched on.
 */
final class HookCheck implements Check {
  private static final String HOOK = "hook";
  private static final String PLUGINS = "plugins";

  private final @Nullable Path given;
  private final @Nullable Path data;
  private final Messages messages;

  /**
   * @param given the program directory; null if it is not said
   * @param data the data root, which is usually below it; null if it is not known
   */
  HookCheck(@Nullable Path given, @Nullable Path data, Messages messages) {
    this.given = given;
    this.data = data;
    this.messages = messages;
  }

  @Override
  public List<Finding> findings() {
    Path directory = given == null ? aboveData() : given;
    if (directory == null) {
      String why = messages.text("doctor.hook.unknown");
      String mend = messages.text("doctor.hook.unknown.mend");
      return List.of(Finding.notChecked(HOOK, why, mend), Finding.notChecked(PLUGINS, why, null));
    }
    try {
      SillyTavernApp app = SillyTavernApp.of(directory);
      return List.of(hook(app), plugins(app));
    } catch (UserErrorException e) {
      return List.of(
          Finding.problem(
              HOOK, String.valueOf(e.getMessage()), messages.text("doctor.hook.unknown.mend")),
          Finding.notChecked(PLUGINS, messages.text("doctor.hook.unknown"), null));
    }
  }

  private @Nullable Path aboveData() {
    Path above = data == null ? null : data.toAbsolutePath().normalize().getParent();
    return above != null && Files.isRegularFile(above.resolve("server.js")) ? above : null;
  }

  private Finding hook(SillyTavernApp app) {
    HookFiles extension =
        Stream.concat(Stream.of(HookFiles.extension(app)), usersExtensions())
            .filter(HookFiles::areThere)
            .findFirst()
            .orElse(HookFiles.extension(app));
    HookFiles plugin = HookFiles.plugin(app);
    String mend = messages.text("doctor.hook.mend", app.path());
    if (!extension.areThere() && !plugin.areThere()) {
      return Finding.problem(HOOK, messages.text("doctor.hook.none", app.path()), mend);
    }
    for (HookFiles files : List.of(extension, plugin)) {
      if (!files.areThere()) {
        return Finding.problem(HOOK, messages.text("doctor.hook.missing", files.target()), mend);
      }
      if (!files.areOfThisVersion()) {
        return Finding.warning(HOOK, messages.text("doctor.hook.other", files.target()), mend);
      }
    }
    return Finding.ok(HOOK, messages.text("doctor.hook.ok", app.version(), app.path()));
  }

  /** It can be put into the folder of one user as well. */
  private Stream<HookFiles> usersExtensions() {
    if (data == null) {
      return Stream.empty();
    }
    try (Stream<Path> users = Files.list(data)) {
      return users.filter(Files::isDirectory).map(HookFiles::extensionOf).toList().stream();
    } catch (IOException e) {
      // That the folder cannot be read is told already.
      return Stream.empty();
    }
  }

  private Finding plugins(SillyTavernApp app) {
    return app.pluginsEnabled()
        ? Finding.ok(PLUGINS, messages.text("doctor.plugins.on", app.config()))
        : Finding.problem(
            PLUGINS,
            messages.text("doctor.plugins.off", app.config()),
            messages.text("doctor.plugins.mend", app.config()));
  }
}
