package dev.tavernmem0.watcher.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The layout of a SillyTavern data root. Links below the root are never followed. Thread-safe. */
public final class TavernTree {
  private static final int SLICE = 256 * 1024;
  private static final int MOST = Integer.MAX_VALUE - 8;

  private final Path root;
  private final Predicate<String> wanted;
  private final ReadBound bound;

  /**
   * A tree. How large a chat file may be depends on the memory that Java has.
   *
   * @param root the data root: the directory that holds one directory per user
   * @param wanted which handles to look at
   */
  public TavernTree(Path root, Predicate<String> wanted) {
    this(root, wanted, ReadBound.ofMemory(Runtime.getRuntime().maxMemory()));
  }

  TavernTree(Path root, Predicate<String> wanted, ReadBound bound) {
    this.root = root;
    this.wanted = wanted;
    this.bound = bound;
  }

  public Path root() {
    return root;
  }

  public Path resolve(ChatPath chat) {
    return root.resolve(chat.handle()).resolve(chat.directory()).resolve(chat.fileName());
  }

  public Path groups(String handle) {
    return root.resolve(handle).resolve("groups");
  }

  /** The stamp of a chat file; empty if there is none, or only behind a link. */
  public Optional<FileStamp> stamp(ChatPath chat) {
    Path directory = root.resolve(chat.handle());
    boolean real = isDirectory(directory);
    for (Path name : Path.of(chat.directory())) {
      directory = directory.resolve(name);
      real &= isDirectory(directory);
    }
    return real ? FileStamp.of(resolve(chat)) : Optional.empty();
  }

  /**
   * Reads a chat file.
   *
   * @param reusable whose bytes are used again, if they suffice: of what is not needed any more
   * @throws IOException also if the file is a link or too large
   */
  public FileContent read(ChatPath chat, FileContent reusable) throws IOException {
    try (InputStream in = Files.newInputStream(resolve(chat), LinkOption.NOFOLLOW_LINKS)) {
      long size = Files.size(resolve(chat));
      bound.checkSize(size);
      boolean fits = size <= reusable.bytes().length;
      byte[] bytes = fits ? reusable.bytes() : new byte[(int) Math.min(size + size / 8, MOST)];
      int read = 0;
      int more = 0;
      while (more >= 0 && read < size) {
        // In slices, because Java keeps a direct buffer as large as the largest read.
        more = in.read(bytes, read, (int) Math.min(SLICE, size - read));
        read += Math.max(0, more);
      }
      return new FileContent(bytes, read);
    }
  }

  /**
   * Whether a chat file that cannot be seen is really gone, and not merely unreachable: the
   * directory that all chats of its kind are in can be listed.
   */
  public boolean canTellMissing(ChatPath chat) {
    return canTellMissing(chat.handle(), chat.directory());
  }

  /** As {@link #canTellMissing(ChatPath)}, of all chats of a directory, or of the directory. */
  public boolean canTellMissing(String handle, String chats) {
    String kind = chats.equals(ChatPath.GROUP) ? ChatPath.GROUP : ChatPath.SOLO;
    Path directory = root.resolve(handle).resolve(kind);
    Path parent = root.resolve(handle).resolve(chats);
    boolean parentGone = Files.notExists(parent, LinkOption.NOFOLLOW_LINKS);
    if (!isDirectory(directory) || !(parentGone || isDirectory(parent))) {
      return false;
    }
    try {
      list(directory);
      if (!parentGone) {
        list(parent);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The characters that have a directory for chats, by its name; empty if that cannot be told. */
  public Set<String> characters(String handle) {
    Path directory = root.resolve(handle).resolve(ChatPath.SOLO);
    try {
      return isDirectory(directory) ? new TreeSet<>(list(directory).directories()) : Set.of();
    } catch (IOException e) {
      return Set.of();
    }
  }

  /** The chat files of a directory, by name; empty if that cannot be told. */
  public List<ChatPath> chatsIn(String handle, String directory) {
    Path path = root.resolve(handle).resolve(directory);
    try {
      return isDirectory(path)
          ? list(path).files().keySet().stream()
              .filter(ChatPath::isChatFile)
              .sorted()
              .map(name -> new ChatPath(handle, directory, name))
              .toList()
          : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** All chat files of the users that are wanted; of what cannot be listed there are none. */
  public List<ChatPath> chats() {
    List<ChatPath> chats = new ArrayList<>();
    try {
      list(root).directories().stream()
          .filter(this::isHandle)
          .sorted()
          .forEach(
              handle -> {
                characters(handle)
                    .forEach(name -> chats.addAll(chatsIn(handle, ChatPath.directoryOf(name))));
                chats.addAll(chatsIn(handle, ChatPath.GROUP));
              });
      return chats;
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Whether a chat is one of a user that is wanted. */
  public boolean isWanted(ChatPath chat) {
    return isHandle(chat.handle());
  }

  /** Whether this is the directory of a user that is wanted. */
  boolean isHandle(String name) {
    return !name.startsWith("_") && !name.startsWith(".") && wanted.test(name);
  }

  private static boolean isDirectory(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** What a directory holds. */
  record Listing(Map<String, FileStamp> files, List<String> directories, List<String> links) {}

  /**
   * Lists a directory. Names that cannot be expressed in the platform's encoding are left out.
   *
   * @throws IOException if there is no such directory or it cannot be read
   */
  static Listing list(Path directory) throws IOException {
    Map<String, FileStamp> files = new LinkedHashMap<>();
    List<String> directories = new ArrayList<>();
    List<String> links = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.indexOf('\uFFFD') < 0) {
          classify(entry, name, files, directories, links);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return new Listing(files, directories, links);
  }

  private static void classify(
      Path entry,
      String name,
      Map<String, FileStamp> files,
      List<String> directories,
      List<String> links)
      throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isSymbolicLink()) {
        links.add(name);
      } else if (attributes.isDirectory()) {
        directories.add(name);
      } else if (attributes.isRegularFile()) {
        files.put(name, FileStamp.of(attributes));
      }
    } catch (NoSuchFileException e) {
      // Gone between the listing and this line, as temporary files of a save are.
    }
  }
}
