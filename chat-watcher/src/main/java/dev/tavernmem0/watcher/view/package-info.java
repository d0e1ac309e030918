/** What the topics of state and turns say, for people to look at; read from them, not kept. */
@NullMarked
package dev.tavernmem0.watcher.view;

import org.jspecify.annotations.NullMarked;
