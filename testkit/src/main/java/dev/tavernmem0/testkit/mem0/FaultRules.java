package dev.tavernmem0.testkit.mem0;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/** The faults still to come, in the order they were scripted. Thread-safe. */
final class FaultRules {
  private static final int FOR_EVER = -1;

  private final List<Rule> rules = new ArrayList<>();

  synchronized void add(Predicate<Mem0Call> calls, int times, Fault fault) {
    if (times < 1) {
      throw new IllegalArgumentException("times must be at least 1: " + times);
    }
    rules.add(new Rule(calls, fault, times));
  }

  synchronized void addForEver(Predicate<Mem0Call> calls, Fault fault) {
    rules.add(new Rule(calls, fault, FOR_EVER));
  }

  synchronized void clear() {
    rules.clear();
  }

  /** What to do with a call; uses up one of its rule's times. */
  synchronized Fault take(Mem0Call call) {
    for (Iterator<Rule> i = rules.iterator(); i.hasNext(); ) {
      Rule rule = i.next();
      if (rule.calls.test(call)) {
        if (rule.left != FOR_EVER && --rule.left == 0) {
          i.remove();
        }
        return rule.fault;
      }
    }
    return new Fault.Honest();
  }

  private static final class Rule {
    final Predicate<Mem0Call> calls;
    final Fault fault;
    int left;

    Rule(Predicate<Mem0Call> calls, Fault fault, int left) {
      this.calls = calls;
      this.fault = fault;
      this.left = left;
    }
  }
}
