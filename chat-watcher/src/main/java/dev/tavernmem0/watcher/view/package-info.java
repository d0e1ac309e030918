/** What the watcher's stored state says, for people to look at; read from the topic, not kept. */
@NullMarked
package dev.tavernmem0.watcher.view;

import org.jspecify.annotations.NullMarked;
