package dev.tavernmem0.cli.pipeline;

import java.util.List;
import java.util.Random;

/** Kills, freezes, stops and starts what a pipeline consists of, and has mem0 fail. */
final class RandomFaults {
  private final World world;

  RandomFaults(World world) {
    this.world = world;
  }

  /** Does something; returns what. */
  String strike(Random random) {
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5, 6 -> world.trouble().strike(random);
      case 7 -> down(random);
      case 8, 9, 10 -> watcher(random);
      case 11, 12 -> broker(random);
      default -> writer(random);
    };
  }

  private String down(Random random) {
    if (random.nextBoolean()) {
      world.mem0().goDown();
      return "mem0 goes down";
    }
    world.mem0().comeBack();
    return "mem0 comes back";
  }

  private String watcher(Random random) {
    return service(world.watcher(), random);
  }

  private String writer(Random random) {
    List<Service> writers = world.writers();
    return service(writers.get(random.nextInt(writers.size())), random);
  }

  private static String service(Service service, Random random) {
    if (!service.isAlive()) {
      service.launch();
      return service.name() + " starts";
    }
    if (service.isFrozen()) {
      service.thaw();
      return service.name() + " is thawed";
    }
    switch (random.nextInt(5)) {
      case 0, 1 -> {
        service.kill();
        return service.name() + " is killed";
      }
      case 2 -> {
        service.stop();
        return service.name() + " stops";
      }
      default -> {
        service.freeze();
        return service.name() + " is frozen";
      }
    }
  }

  private String broker(Random random) {
    if (!world.broker().isAlive()) {
      world.broker().launch();
      return "the broker starts";
    }
    if (world.brokerFrozen()) {
      world.thawBroker();
      return "the broker is thawed";
    }
    switch (random.nextInt(4)) {
      case 0 -> {
        world.killBroker();
        return "the broker is killed";
      }
      case 1 -> {
        world.broker().stop();
        return "the broker stops";
      }
      default -> {
        world.freezeBroker();
        return "the broker is frozen";
      }
    }
  }
}
