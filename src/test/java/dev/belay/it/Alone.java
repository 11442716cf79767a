package dev.belay.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A test that ends Belay, or that changes what all share. Those run one after the other, apart from
 * the others, which run side by side, each in a namespace of its own. Those with the tag {@code
 * long} take about as much time as all others of them, and have a control plane of their own.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Tag("alone")
@interface Alone {}
