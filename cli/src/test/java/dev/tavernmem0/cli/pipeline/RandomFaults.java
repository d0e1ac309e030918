package dev.tavernmem0.cli.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** Kills, freezes, stops and starts what a pipeline consists of, and has mem0 fail. */
final class RandomFaults {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(10);

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
      case 13 -> amidCall();
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

  /** Whichever of them made the call. */
  private String amidCall() {
    long until = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (!world.addUnderWay() && System.nanoTime() < until) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
    world.writers().stream().filter(Service::isAlive).forEach(Service::kill);
    world.writers().get(0).launch();
    return "all writers are killed, if possible amid a call, and writer-1 starts";
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
