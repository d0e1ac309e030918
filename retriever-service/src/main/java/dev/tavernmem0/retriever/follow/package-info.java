/** Reading whole topics in the background, without which retrieval goes on. */
@NullMarked
package dev.tavernmem0.retriever.follow;

import org.jspecify.annotations.NullMarked;
