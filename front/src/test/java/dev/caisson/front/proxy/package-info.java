@NullMarked
package dev.caisson.front.proxy;

import org.jspecify.annotations.NullMarked;
