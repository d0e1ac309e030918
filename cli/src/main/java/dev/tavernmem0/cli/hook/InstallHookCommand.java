package dev.tavernmem0.cli.hook;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tavern-mem0 install-hook}. */
@Command(
    name = "install-hook",
    description = {
      "Copies the extension and the server plugin into SillyTavern, or removes them again.",
      "SillyTavern itself stays as it is."
    },
    mixinStandardHelpOptions = true)
public final class InstallHookCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--sillytavern-app",
      paramLabel = "PATH",
      required = true,
      description = "SillyTavern's program directory, the one with server.js.")
  private Path app;

  @Option(names = "--uninstall", description = "Remove what an earlier call put there.")
  private boolean uninstall;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls anything
  public InstallHookCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    SillyTavernApp sillyTavern = SillyTavernApp.of(app);
    HookFiles extension = HookFiles.extension(sillyTavern);
    HookFiles plugin = HookFiles.plugin(sillyTavern);
    if (uninstall) {
      boolean extensionRemoved = extension.uninstall();
      boolean pluginRemoved = plugin.uninstall();
      out.println(
          extensionRemoved || pluginRemoved
              ? "Removed. Restart SillyTavern and reload its page."
              : "Nothing was installed there.");
      return 0;
    }
    plugin.requireFree();
    extension.install();
    plugin.install();
    out.println("Installed into SillyTavern " + sillyTavern.version() + ":");
    out.println("  extension  " + sillyTavern.extension());
    out.println("  plugin     " + sillyTavern.plugin());
    out.println("Next:");
    out.println(
        sillyTavern.pluginsEnabled()
            ? "  1. enableServerPlugins is set already."
            : "  1. Set 'enableServerPlugins: true' in "
                + sillyTavern.config()
                + ", or SILLYTAVERN_ENABLESERVERPLUGINS=true.");
    out.println("  2. Restart SillyTavern and reload its page.");
    out.println("  3. Extensions > Long-term memory > Test connection.");
    out.flush();
    return 0;
  }
}
