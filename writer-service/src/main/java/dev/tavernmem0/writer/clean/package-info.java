/**
 * What of a message is worth a memory: what was said and done, without the model's reasoning, the
 * markup of panels, and pictures. Plain Java; every step takes time in proportion to the text.
 */
@NullMarked
package dev.tavernmem0.writer.clean;

import org.jspecify.annotations.NullMarked;
