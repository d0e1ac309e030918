package dev.tavernmem0.watcher.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.watcher.chatfile.Line;
import dev.tavernmem0.watcher.rescue.ChatRescue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.springframework.util.FileSystemUtils;

/**
 * Whatever is done to a chat, and whatever the watcher goes through meanwhile: the log gives the
 * file back as it was after every save, byte for byte.
 */
class RescuedChatsPropertyTest {
  private static final String CHAT = "eve:0b1c";
  private static final int SAVES = 12;
  private static final int MS_BETWEEN_SAVES = 10_000;

  @Property(tries = 25)
  void the_file_is_given_back_as_it_was_after_every_save(@ForAll("seeds") long seed)
      throws IOException {
    Path root = Files.createTempDirectory("rescued");
    try (TrackedTavern tavern = new TrackedTavern(root)) {
      new History(root, tavern, new Random(seed)).happen();
    } finally {
      FileSystemUtils.deleteRecursively(root);
    }
  }

  @Provide
  Arbitrary<Long> seeds() {
    return Arbitraries.randomValue(Random::nextLong);
  }

  /** A chat, and what its file said after each save. */
  private static final class History {
    private final Path file;
    private final TrackedTavern tavern;
    private final Random random;
    private final List<Line> lines = new ArrayList<>();
    private final TreeMap<Long, String> saves = new TreeMap<>();
    private int texts;

    History(Path root, TrackedTavern tavern, Random random) throws IOException {
      this.file = Files.createDirectories(root.resolve("eve/chats/Mara")).resolve("1.jsonl");
      this.tavern = tavern;
      this.random = random;
    }

    void happen() throws IOException {
      if (random.nextBoolean()) {
        save();
      }
      tavern.start();
      for (int i = 0; i < SAVES; i++) {
        if (random.nextInt(8) == 0) {
          Files.deleteIfExists(file);
          tavern.settle();
        }
        save();
        goOn();
      }
      assertThat(rescued(Long.MAX_VALUE)).isEqualTo(saves.lastEntry().getValue());
      saves.forEach((at, text) -> assertThat(rescued(at)).as("at %s", at).isEqualTo(text));
    }

    private void save() throws IOException {
      for (int actions = random.nextInt(4); actions >= 0; actions--) {
        act();
      }
      if (lines.isEmpty() && !Files.exists(file)) {
        // A chat that is there and says nothing is no event, whatever was there before.
        lines.add(Line.user("Hello " + texts, texts++));
      }
      String text = Line.chat("0b1c", lines);
      Files.writeString(file, text);
      long now = tavern.clock.millis();
      Files.setLastModifiedTime(file, FileTime.fromMillis(now));
      saves.put(now, text);
      tavern.clock.set(now + MS_BETWEEN_SAVES);
    }

    /** The watcher looks; it may have been away, or have lost what it knew, or be asked to look. */
    private void goOn() {
      switch (random.nextInt(8)) {
        case 0 -> tavern.start();
        case 1 -> {
          tavern.state.clear();
          tavern.start();
        }
        case 2 ->
            tavern.obey(new Signal.Execute("s", SnapshotSelection.ALL, tavern.clock.millis()));
        default -> {
          // It just goes on.
        }
      }
      tavern.settle();
    }

    private void act() {
      String text = "text " + texts++ + " \"\\n\u2028 猫";
      if (lines.isEmpty() || random.nextInt(3) == 0) {
        int at = random.nextBoolean() ? lines.size() : random.nextInt(lines.size() + 1);
        lines.add(at, random.nextBoolean() ? Line.user(text, texts) : Line.ai(text, texts));
        return;
      }
      int at = random.nextInt(lines.size());
      Line line = lines.get(at);
      switch (random.nextInt(8)) {
        case 0 -> lines.set(at, line.edited(text));
        case 1 -> lines.set(at, line.hiddenAs(!line.hidden()));
        case 2 -> lines.set(at, line.user() ? line : line.swiped(text, texts));
        case 3 -> lines.set(at, line.user() ? line : line.continued(" and more", texts));
        case 4 -> lines.set(at, line.user() ? line : line.regenerated(text, texts));
        case 5 -> lines.remove(at);
        case 6 -> lines.add(random.nextInt(lines.size()), lines.remove(at));
        default -> lines.subList(at, lines.size()).clear();
      }
    }

    private String rescued(long at) {
      ChatRescue rescue = new ChatRescue(CHAT, at, 1 << 20);
      for (TurnEvent event : tavern.events()) {
        rescue.event(TurnEventCodec.decode(TurnEventCodec.encode(event)));
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try {
        rescue.result().orElseThrow().writeTo(out);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      return out.toString(StandardCharsets.UTF_8);
    }
  }
}
