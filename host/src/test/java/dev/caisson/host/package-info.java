@NullMarked
package dev.caisson.host;

import org.jspecify.annotations.NullMarked;
