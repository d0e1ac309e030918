/** Configuration properties and wiring. */
@NullMarked
package dev.tavernmem0.retriever.config;

import org.jspecify.annotations.NullMarked;
