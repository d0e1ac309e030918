package dev.tavernmem0.writer.scope;

/** How a batch that mem0 refused is tried again. */
public enum TryAgain {
  /** At once, in two parts. */
  IN_PARTS,
  /** As it is, behind what else there is, and later. */
  LATER,
  /** As {@link #LATER}, and later each time: whether it is taken or not, the model is paid. */
  RARELY
}
