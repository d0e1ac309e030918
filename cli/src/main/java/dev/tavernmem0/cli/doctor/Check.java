package dev.tavernmem0.cli.doctor;

import java.util.List;

/** Looks at one thing that a set-up needs. */
interface Check {

  /** What is found, also if it cannot be looked at. Takes some seconds at most. */
  List<Finding> findings();
}
