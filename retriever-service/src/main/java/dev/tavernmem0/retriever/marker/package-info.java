/**
 * Text that could act on a model's chat template or on SillyTavern, and how it stops; plain Java.
 */
@NullMarked
package dev.tavernmem0.retriever.marker;

import org.jspecify.annotations.NullMarked;
